import { METHOD_NAMES, type MethodName } from '../../method/attribution/methods.ts'
import { chosenNames, expectCounts, type MeasuringOptions } from '../measured/options.ts'

export interface CompareOptions extends MeasuringOptions<ComparePlan, CompareStep> {
  /** Names of methods; all that the explainer has everything for unless told */
  readonly methods?: readonly string[]
  /** Training examples that are left out, one at a time; 200 unless told */
  readonly loo?: number
  /** Random halves of the training examples that the head is fitted to; 50 unless told */
  readonly subsets?: number
  /** Test examples; 50 unless told */
  readonly tests?: number
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
  const sizes = { loo, subsets, tests, seed }
  expectCounts(sizes, { loo: 0, subsets: 0, tests: 1, seed: 0 })
  return sizes
}

/** The methods named, in the order of all; null where none are. Errors: UserError on other names. */
export function namedMethods({ methods }: CompareOptions): readonly MethodName[] | null {
  return methods === undefined ? null : chosenNames('method', METHOD_NAMES, methods)
}
