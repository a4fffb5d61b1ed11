import { TopK } from '../math/top-k.ts'
import type { BoundIndex, Sign } from './bound-index.ts'

/** What is looked for: representer values of one output, or of the difference of two. */
export type Explained = { readonly output: number } | { readonly contrast: readonly [number, number] }

/** One training example's part in a prediction: value = alpha · similarity, in logits. */
export interface Contribution {
  readonly row: number
  readonly value: number
  readonly alpha: number
  readonly similarity: number
}

export interface Found {
  /** Strictly positive values, the largest first; at most k. */
  readonly excitatory: readonly Contribution[]
  /** Strictly negative values, the most negative first; at most k. */
  readonly inhibitory: readonly Contribution[]
  /** How many training examples were touched. */
  readonly read: number
}

/** What a search asks about one training example. */
export interface Scorer {
  /** k(fᵢ, fₜ), the constant feature included */
  similarity(row: number): number
  /** αᵢⱼ, or αᵢⱼ − αᵢₖ for a contrast */
  alpha(row: number): number
  /** ‖f̃ₜ‖ */
  readonly queryNorm: number
  /** No feature of the query is negative. */
  readonly nonNegative: boolean
}

/** Rounding of norms, products and sums, far above what 2⁻⁵³ can add up to over any number of features. */
const SLACK = 1 + 1e-9

/**
 * The exact k largest and k smallest representer values, without looking at every example: lists ordered
 * by bounds are walked down until nothing behind can matter (method.md §7). Ties go to the smaller row.
 */
export class Search {
  readonly #index: BoundIndex
  /** When each row was last touched, so that no walk counts it twice. */
  readonly #touched: Uint32Array
  /** In which query each row was last touched, so that two walks count it once. */
  readonly #counted: Uint32Array
  #walks = 0
  #queries = 0

  constructor(index: BoundIndex, n: number) {
    this.#index = index
    this.#touched = new Uint32Array(n)
    this.#counted = new Uint32Array(n)
  }

  find(explained: Explained, scorer: Scorer, k: number): Found {
    this.#queries = nextStamp(this.#queries, this.#counted)
    const kept = Math.min(k, this.#touched.length)
    const excitatory = new TopK(kept)
    const inhibitory = new TopK(kept)
    const lists = (j: number, signs: readonly Sign[]) => signs.map(sign => this.#list(j, sign))
    let read = 0
    if (this.#index.nonNegative && scorer.nonNegative) {
      // Similarities are not negative, so only these signs of α can give a value of the wanted sign.
      read += this.#walk(groups(explained, ['positive'], ['negative'], lists), scorer, [excitatory])
      read += this.#walk(groups(explained, ['negative'], ['positive'], lists), scorer, [null, inhibitory])
    } else {
      const both: Sign[] = ['positive', 'negative']
      read = this.#walk(groups(explained, both, both, lists), scorer, [excitatory, inhibitory])
    }
    const contribution = ({ row }: { row: number }): Contribution => {
      const alpha = scorer.alpha(row)
      const similarity = scorer.similarity(row)
      return { row, value: alpha * similarity, alpha, similarity }
    }
    return {
      excitatory: excitatory.best().map(contribution),
      inhibitory: inhibitory.best().map(contribution),
      read,
    }
  }

  /**
   * Walks groups of lists down together. A row not met yet stands in at most one list of each group, at or
   * behind its front, so its |value| is at most ‖f̃ₜ‖ times the sum over groups of the largest front.
   */
  #walk(groups: List[][], scorer: Scorer, heaps: readonly (TopK | null)[]): number {
    const [excitatory, inhibitory] = heaps
    this.#walks = nextStamp(this.#walks, this.#touched)
    let read = 0
    for (;;) {
      let fronts = 0
      let furthest = groups[0][0]
      for (const group of groups) {
        const list = largestFront(group)
        fronts += front(list)
        if (front(list) > front(furthest)) furthest = list
      }
      const bound = fronts * scorer.queryNorm * SLACK
      if (fronts === 0 || bound === 0 || (isBehind(excitatory, bound) && isBehind(inhibitory, bound)))
        return read

      const row = this.#index.rows[furthest.at++]
      if (this.#touched[row] === this.#walks) continue
      this.#touched[row] = this.#walks
      read += Number(this.#counted[row] !== this.#queries)
      this.#counted[row] = this.#queries
      const value = scorer.alpha(row) * scorer.similarity(row)
      if (value > 0) excitatory?.offer(value, row)
      if (value < 0) inhibitory?.offer(-value, row)
    }
  }

  #list(j: number, sign: Sign): List {
    const { offsets, bounds } = this.#index
    const at = 2 * j + (sign === 'positive' ? 0 : 1)
    return { at: offsets[at], end: offsets[at + 1], bounds }
  }
}

/** The stamp after this one; when they run out they start again over a clean sheet. */
function nextStamp(stamp: number, stamped: Uint32Array): number {
  if (stamp < 2 ** 32 - 1) return stamp + 1
  stamped.fill(0)
  return 1
}

interface List {
  at: number
  readonly end: number
  readonly bounds: Float32Array
}

/** One group of lists for one output; for a contrast a second group, in which signs count the other way. */
function groups(
  explained: Explained,
  signs: readonly Sign[],
  opposite: readonly Sign[],
  lists: (j: number, signs: readonly Sign[]) => List[],
): List[][] {
  if ('output' in explained) return [lists(explained.output, signs)]
  const [a, b] = explained.contrast
  return [lists(a, signs), lists(b, opposite)]
}

function front({ at, end, bounds }: List): number {
  return at < end ? bounds[at] : 0
}

/** Whether nothing within the bound can enter the heap; strictly, or ties would be lost. */
function isBehind(heap: TopK | null | undefined, bound: number): boolean {
  return !heap || bound < Math.max(heap.threshold, 0)
}

function largestFront(lists: readonly List[]): List {
  let best = lists[0]
  for (const list of lists) if (front(list) > front(best)) best = list
  return best
}
