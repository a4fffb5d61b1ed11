import { BYTES, type Dtype } from '../../math/rows.ts'
import { SAMPLE_NUMBERS } from '../../method/fit/sample.ts'
import { UserError } from '../../user-error.ts'
import { parseMemory } from '../explainer/memory.ts'

/** What decides how much a fit holds. */
export interface FitSize {
  /** Training examples, and those of all splits */
  readonly n: number
  readonly examples: number
  readonly d: number
  readonly c: number
  /** How features are stored */
  readonly dtype: Dtype
  /** Examples have labels that are numbers [n, c], which are held. */
  readonly hasValues: boolean
}

/** What of a fit is held in memory; what is not is read from the disk in every pass. */
export interface FitPlan {
  /** Bytes that every fit of this size holds, wherever the rest is */
  readonly needed: number
  readonly features: boolean
  readonly targets: boolean
}

/** Of the program, ONNX Runtime and the blocks that are computed with. */
const PROCESS = 300 * 2 ** 20

/** What is held of an example: its label, what it is decided to be, its norm, its place in a list that is sorted. */
const EXAMPLE = 40

/** What an entry of the index takes while it is built, and how many there are at most. */
const ENTRY = 48
const MOST_ENTRIES = 2 ** 22

/** Vectors as large as the head: curvature pairs of the solver and what it works with. */
const VECTORS = 60

/** As many numbers as sums by class and one Hessian for each output may have, and as a whole one may. */
const MOST_NUMBERS = 2 ** 26
const MOST_HESSIAN = 2 ** 22

/** A Hessian, or a Gram matrix, in double precision with its inverse and what that is made of. */
const HESSIAN = 28

/** Plans a fit within so many bytes: targets before features, since both are read equally often. */
export function planFit({ n, examples, d, c, dtype, hasValues }: FitSize, limit: number): FitPlan {
  const head = (d + 1) * c
  const needed =
    PROCESS +
    n * EXAMPLE +
    Math.min(n * c, MOST_ENTRIES) * ENTRY +
    examples * (EXAMPLE + (hasValues ? c * BYTES.float32 : 0)) +
    8 * (VECTORS * head + Math.min(c * head, MOST_NUMBERS)) +
    HESSIAN * Math.max(Math.min(head ** 2, MOST_HESSIAN), Math.min((d + 1) ** 2, MOST_NUMBERS)) +
    BYTES.float32 * (Math.min(n * d, SAMPLE_NUMBERS) + Math.min(c * (d + 1) ** 2, MOST_NUMBERS))
  let left = limit - needed
  const takes = (bytes: number): boolean => {
    if (bytes > left) return false
    left -= bytes
    return true
  }
  const targets = takes(n * c * BYTES.float32)
  return { needed, targets, features: takes(n * d * BYTES[dtype]) }
}

/** Of what this machine lets a process use, unless the user sets a limit. */
const SHARE = 0.6

/**
 * Plans a fit within what the user allows, else within a share of `available`, what a process may use here in
 * bytes. Errors: UserError `usage` where a limit of the user cannot be kept.
 */
export function planWithin(size: FitSize, memory: number | string | undefined, available: number): FitPlan {
  if (memory === undefined) return planFit(size, SHARE * available)
  const limit = parseMemory(memory)
  const plan = planFit(size, limit)
  if (plan.needed <= limit) return plan
  throw new UserError(
    'usage',
    `memory: ${memory}, expected at least ${Math.ceil(plan.needed / 2 ** 20)}MiB, which this fit holds wherever its ` +
      'features are',
  )
}
