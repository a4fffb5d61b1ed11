import { UserError } from '../../user-error.ts'

/** Bytes that the arrays of an explainer take in memory, as float32. */
export interface ArraySizes {
  /** The index, the head and everything else that is always in memory */
  readonly fixed: number
  readonly features: number
  readonly alpha: number
}

/** How many bytes of rows that stay on disk are kept at most; null where the array is in memory. */
export interface MemoryPlan {
  readonly features: number | null
  readonly alpha: number | null
}

/** For rows of each array that stays on disk, however small the limit is. */
const LEAST = 2 ** 20

/**
 * What stays on disk, so that no more than `limit` bytes are held: first the features, then α too, with what is
 * left as room for rows that are asked for again and again. Errors: UserError on a limit that the index exceeds.
 */
export function planMemory({ fixed, features, alpha }: ArraySizes, limit: number): MemoryPlan {
  const left = limit - fixed
  if (features + alpha <= left) return { features: null, alpha: null }
  if (alpha + LEAST <= left) return { features: left - alpha, alpha: null }
  if (left >= 2 * LEAST) return { features: Math.floor(left / 2), alpha: Math.floor(left / 2) }
  throw new UserError(
    'usage',
    `memory: ${limit} bytes, expected at least ${fixed + 2 * LEAST}, which the index and what belongs to it take`,
  )
}
