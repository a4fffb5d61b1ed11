import type { RowLookup } from '../math/row-lookup.ts'
import { TopK } from '../math/top-k.ts'
import { type BoundIndex, listOf } from './bound-index.ts'
import { Coordinates } from './coordinates.ts'
import { offer } from './offer.ts'
import type { PackedLists } from './packed-lists.ts'
import type { Similarity } from './similarity.ts'
import { Touched } from './touched.ts'

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
  /** How many training examples were read, features and all; those that coordinates rule out are not. */
  readonly read: number
}

/** Rounding of norms, products and sums, far above what 2⁻⁵³ can add up to over any number of features. */
const SLACK = 1 + 1e-9

/**
 * The exact k largest and k smallest representer values, without looking at every example: lists ordered
 * by bounds are walked down until nothing behind can matter (method.md §7). Ties go to the smaller row.
 */
export class Search {
  readonly #index: BoundIndex
  readonly #alpha: RowLookup
  readonly #similarity: Similarity
  readonly #coordinates: Coordinates
  readonly #packed: PackedLists
  readonly #touched: Touched
  readonly #excitatory = new TopK(0)
  readonly #inhibitory = new TopK(0)
  /** For values that cannot be. */
  readonly #none = new TopK(0)

  /** @param alpha [n, c] */
  constructor(index: BoundIndex, alpha: RowLookup, similarity: Similarity, packed: PackedLists) {
    this.#packed = packed
    this.#index = index
    this.#alpha = alpha
    this.#similarity = similarity
    this.#coordinates = new Coordinates(index)
    this.#touched = new Touched(alpha.rows)
  }

  /** For the query that the similarity was asked last. */
  find(explained: Explained, k: number): Found {
    const kept = Math.min(k, this.#alpha.rows)
    this.#excitatory.clear(kept)
    this.#inhibitory.clear(kept)
    let read = 0
    if (kept > 0) {
      this.#coordinates.ask(this.#similarity)
      this.#packed.ask(this.#similarity, this.#coordinates)
      read = 'output' in explained ? this.#output(explained.output) : this.#contrast(explained.contrast)
    }
    const take = (row: number, _: number, similarity: number): Contribution => {
      const alpha = this.alphaOf(explained, row)
      return { row, value: alpha * similarity, alpha, similarity }
    }
    return { excitatory: this.#excitatory.read(take), inhibitory: this.#inhibitory.read(take), read }
  }

  /** Whether similarities are not negative, so that a value has the sign of its α. */
  get #signed(): boolean {
    return this.#index.nonNegative && this.#similarity.nonNegative
  }

  /** αᵢⱼ, or αᵢⱼ − αᵢₖ for a contrast */
  alphaOf(explained: Explained, row: number): number {
    const at = this.#alpha.locate(row)
    const { data } = this.#alpha
    if ('output' in explained) return data[at + explained.output]
    const [j, k] = explained.contrast
    return data[at + j] - data[at + k]
  }

  #output(j: number): number {
    const [excitatory, inhibitory] = [this.#excitatory, this.#inhibitory]
    const signed = this.#signed
    return (
      this.#walk(listOf(j, 1), excitatory, signed ? this.#none : inhibitory) +
      this.#walk(listOf(j, -1), inhibitory, signed ? this.#none : excitatory)
    )
  }

  /**
   * Walks one list. A row stands in one list of an output, so its |value| is at most ‖qₜ‖ times its bound.
   *
   * @param same takes the values of rows with a positive similarity, `opposite` those with a negative one
   * @returns how many rows were read
   */
  #walk(list: number, same: TopK, opposite: TopK): number {
    const { rows, bounds, alphas, offsets, left } = this.#index
    const scale = this.#similarity.norm * SLACK
    const end = offsets[list + 1]
    const packed = this.#packed.walk(list, scale, this.#coordinates.rest, same, opposite)
    let read = packed > 0 ? this.#packed.read : 0
    let at = offsets[list] + packed
    for (;;) {
      at = this.#coordinates.next(at, end, scale, same.threshold, opposite.threshold)
      if (at >= end) break
      read++
      offer(Math.abs(alphas[at]), this.#similarity.of(rows[at]), rows[at], same, opposite)
      at++
    }
    const isDone = end > offsets[list] && isBehind(bounds[end - 1] * scale, same, opposite)
    if (isDone || isBehind(left[list] * scale, same, opposite)) return read
    return read + this.#rest(list, same, opposite)
  }

  /** Reads what a cut list leaves out. */
  #rest(list: number, same: TopK, opposite: TopK): number {
    const { rows, offsets, largestNorm } = this.#index
    const scale = largestNorm * this.#similarity.norm * SLACK
    const sign = list % 2 === 0 ? 1 : -1
    const output = { output: list >> 1 }
    this.#touched.clear()
    for (let at = offsets[list]; at < offsets[list + 1]; at++) this.#touched.add(rows[at])
    let read = 0
    for (let row = 0; row < this.#alpha.rows; row++) {
      const size = sign * this.alphaOf(output, row)
      if (!(size > 0) || isBehind(size * scale, same, opposite) || this.#touched.has(row)) continue
      read++
      offer(size, this.#similarity.of(row), row, same, opposite)
    }
    return read
  }

  #contrast(contrast: readonly [number, number]): number {
    this.#touched.clear()
    if (!this.#signed) return this.#walkTogether(contrast, [1, -1], this.#excitatory, this.#inhibitory)
    return (
      this.#walkTogether(contrast, [1], this.#excitatory, this.#none) +
      this.#walkTogether(contrast, [-1], this.#none, this.#inhibitory)
    )
  }

  /**
   * Walks lists of both outputs together, those of the second with the other sign. A row not touched yet
   * stands in at most one list of each output, at or behind its front, so its |value| is at most ‖qₜ‖ times
   * the sum over both of the largest front.
   *
   * @param excitatory when it wants nothing within the bound any more, and `inhibitory` neither, the walk ends
   */
  #walkTogether(
    contrast: readonly [number, number],
    signs: readonly (1 | -1)[],
    excitatory: TopK,
    inhibitory: TopK,
  ): number {
    const { rows, bounds, alphas } = this.#index
    const scale = this.#similarity.norm * SLACK
    const [j, k] = contrast
    const lists = [
      signs.map(sign => this.#list(j, sign)),
      signs.map(sign => this.#list(k, sign === 1 ? -1 : 1)),
    ]
    let read = 0
    for (;;) {
      const [first, second] = [largestFront(lists[0]), largestFront(lists[1])]
      if (isBehind((first.front + second.front) * scale, excitatory, inhibitory)) return read
      const list = first.front >= second.front ? first : second
      if (list.at === list.end) return read + this.#restTogether(contrast, excitatory, inhibitory)
      const at = list.at
      this.#advance(list)
      const row = rows[at]
      if (this.#touched.has(row)) continue
      const alpha = this.alphaOf({ contrast }, row)
      const size = Math.abs(alpha)
      const most = (size / Math.abs(alphas[at])) * bounds[at] * scale
      const [same, opposite] = alpha > 0 ? [excitatory, inhibitory] : [inhibitory, excitatory]
      if (!this.#coordinates.mayReach(at, size, most, same.threshold, opposite.threshold)) continue
      this.#touched.add(row)
      read++
      this.#offerTo(alpha, row)
    }
  }

  /** Reads what no list of a contrast has led to. */
  #restTogether(contrast: readonly [number, number], excitatory: TopK, inhibitory: TopK): number {
    const scale = this.#index.largestNorm * this.#similarity.norm * SLACK
    let read = 0
    for (let row = 0; row < this.#alpha.rows; row++) {
      const alpha = this.alphaOf({ contrast }, row)
      if (isBehind(Math.abs(alpha) * scale, excitatory, inhibitory) || this.#touched.has(row)) continue
      this.#touched.add(row)
      read++
      this.#offerTo(alpha, row)
    }
    return read
  }

  #offerTo(alpha: number, row: number): void {
    const similarity = this.#similarity.of(row)
    if (alpha > 0) offer(alpha, similarity, row, this.#excitatory, this.#inhibitory)
    else offer(-alpha, similarity, row, this.#inhibitory, this.#excitatory)
  }

  #list(j: number, sign: 1 | -1): List {
    const { offsets, bounds, left } = this.#index
    const list = listOf(j, sign)
    const [at, end] = [offsets[list], offsets[list + 1]]
    return { at, end, left: left[list], front: at < end ? bounds[at] : left[list] }
  }

  #advance(list: List): void {
    list.at++
    list.front = list.at < list.end ? this.#index.bounds[list.at] : list.left
  }
}

interface List {
  at: number
  readonly end: number
  readonly left: number
  /** What bounds every row not walked past. */
  front: number
}

function largestFront(lists: readonly List[]): List {
  let best = lists[0]
  for (const list of lists) if (list.front > best.front) best = list
  return best
}

/** Whether nothing within the bound can enter a heap; strictly, or ties would be lost. */
function isBehind(bound: number, same: TopK, opposite: TopK): boolean {
  return bound === 0 || (bound < same.threshold && bound < opposite.threshold)
}
