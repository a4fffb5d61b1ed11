import { METHOD_NAMES, type MethodName } from '../../method/attribution/methods.ts'
import { UserError } from '../../user-error.ts'

export interface CompareOptions {
  readonly directory: string
  /** Names of methods; all that the explainer has everything for unless told */
  readonly methods?: readonly string[]
  /** Training examples that are left out, one at a time; 200 unless told */
  readonly loo?: number
  /** Random halves of the training examples that the head is fitted to; 50 unless told */
  readonly subsets?: number
  /** Test examples; 50 unless told */
  readonly tests?: number
  /** Of everything that is chosen at random; 1 unless told */
  readonly seed?: number
  /** Write a page with charts too. */
  readonly html?: string
  /** Told what will be done before it is. */
  readonly onPlan?: (plan: ComparePlan) => void
  readonly onProgress?: (step: CompareStep) => void
  readonly signal?: AbortSignal | undefined
}

/** What a comparison will do. */
export interface ComparePlan {
  readonly methods: readonly MethodName[]
  readonly tests: number
  /** Whether the test examples are training examples that the head is first refitted without */
  readonly heldOut: boolean
  readonly loo: number
  readonly subsets: number
  /** Test examples whose curves are made, and refits for those at most */
  readonly curvePoints: number
  readonly curveRefits: number
}

export interface CompareStep {
  readonly phase: 'held-out' | 'hessian' | 'loo' | 'subsets' | 'values' | 'deletion' | 'insertion'
  readonly done: number
  readonly total: number
  /** Whose values are made */
  readonly method?: MethodName
}

/** How much of what is compared. */
export interface Sizes {
  readonly loo: number
  readonly subsets: number
  readonly tests: number
  readonly seed: number
}

/** Errors: UserError on numbers that are not counts. */
export function sizesOf({ loo = 200, subsets = 50, tests = 50, seed = 1 }: CompareOptions): Sizes {
  const least = { loo: 0, subsets: 0, tests: 1, seed: 0 }
  const sizes = { loo, subsets, tests, seed }
  for (const name of ['loo', 'subsets', 'tests', 'seed'] as const) {
    if (Number.isInteger(sizes[name]) && sizes[name] >= least[name]) continue
    throw new UserError('usage', `${name}: ${sizes[name]}, expected a whole number, ${least[name]} or more`)
  }
  return sizes
}

/** The methods named, in the order of all; null where none are. Errors: UserError on other names. */
export function namedMethods({ methods }: CompareOptions): readonly MethodName[] | null {
  if (methods === undefined) return null
  const named = methods.map(name => name.trim())
  for (const name of named) {
    if (METHOD_NAMES.some(known => known === name)) continue
    throw new UserError('usage', `method not found: ${name}, expected one of ${METHOD_NAMES.join(', ')}`)
  }
  return METHOD_NAMES.filter(name => named.includes(name))
}
