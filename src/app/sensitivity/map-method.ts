import type { SmoothGrad } from '../../method/sensitivity/smooth-grad.ts'
import { UserError } from '../../user-error.ts'

/** How maps are made of gradients. */
export interface MapMethodChoices {
  /** `gradient`, or `smoothgrad`, its mean over noisy inputs; the latter where samples, noise or seed are told */
  readonly method?: 'gradient' | 'smoothgrad'
  /** Gradient × input: each number of a map times what is differentiated by, so that it is in logits */
  readonly timesInput?: boolean
  /** How many noisy inputs; 50 unless told */
  readonly samples?: number
  /** The noise's standard deviation as a share of the input's range; 0.15 unless told */
  readonly noise?: number
  /** Of the noise; 0 unless told */
  readonly seed?: number
}

export interface MapMethod {
  readonly timesInput: boolean
  /** null for the plain gradient */
  readonly smooth: SmoothGrad | null
}

const MOST_SAMPLES = 100_000

/** Errors: UserError on numbers that are none of these. */
export function resolveMethod(choices: MapMethodChoices): MapMethod {
  const { timesInput = false, samples = 50, noise = 0.15, seed = 0 } = choices
  const told = (['samples', 'noise', 'seed'] as const).find(name => choices[name] !== undefined)
  const { method = told ? 'smoothgrad' : 'gradient' } = choices
  if (method !== 'gradient' && method !== 'smoothgrad') {
    throw new UserError('usage', `method: ${method}, expected gradient or smoothgrad`)
  }
  if (method === 'gradient') {
    if (told === undefined) return { timesInput, smooth: null }
    throw new UserError('usage', `${told} with method gradient: expected smoothgrad, leave one out`)
  }
  if (!(Number.isInteger(samples) && samples >= 1 && samples <= MOST_SAMPLES)) {
    throw new UserError('usage', `samples: ${samples}, expected a whole number, 1 to ${MOST_SAMPLES}`)
  }
  if (!(noise >= 0 && noise <= 10)) {
    throw new UserError('usage', `noise: ${noise}, expected a share of the input's range, 0 to 10`)
  }
  if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)) {
    throw new UserError('usage', `seed: ${seed}, expected a whole number, 0 to ${2 ** 32 - 1}`)
  }
  return { timesInput, smooth: { samples, noise, seed } }
}
