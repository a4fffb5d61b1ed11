import type { RowLookup } from '../../math/row-lookup.ts'
import { TopK } from '../../math/top-k.ts'
import { type BoundIndex, listOf } from '../index/bound-index.ts'
import { ContrastSearch } from './contrast-search.ts'
import { Coordinates } from './coordinates.ts'
import { isBehind, offer, SLACK } from './offer.ts'
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
  readonly #contrasts: ContrastSearch
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
    this.#contrasts = new ContrastSearch(index, alpha, similarity, this.#coordinates, this.#touched)
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
      read =
        'output' in explained
          ? this.#output(explained.output)
          : this.#contrasts.find(explained.contrast, this.#signed, this.#excitatory, this.#inhibitory)
    }
    return foundIn(this.#excitatory, this.#inhibitory, row => this.alphaOf(explained, row), read)
  }

  /** As `find`, among some rows, each of which is read. */
  findAmong(rows: Iterable<number>, explained: Explained, k: number): Found {
    const kept = Math.min(k, this.#alpha.rows)
    this.#excitatory.clear(kept)
    this.#inhibitory.clear(kept)
    let read = 0
    for (const row of rows) {
      const alpha = this.alphaOf(explained, row)
      if (alpha === 0) continue
      read++
      const [same, opposite] =
        alpha > 0 ? [this.#excitatory, this.#inhibitory] : [this.#inhibitory, this.#excitatory]
      offer(Math.abs(alpha), this.#similarity.of(row), row, same, opposite)
    }
    return foundIn(this.#excitatory, this.#inhibitory, row => this.alphaOf(explained, row), read)
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
    const { rows, alphas, offsets, left } = this.#index
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
    if (isBehind(left[list] * scale, same, opposite)) return read
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
}

/** What two heaps hold, whose notes are similarities. */
export function foundIn(
  excitatory: TopK,
  inhibitory: TopK,
  alphaOf: (row: number) => number,
  read: number,
): Found {
  const take = (row: number, _: number, similarity: number): Contribution => {
    const alpha = alphaOf(row)
    return { row, value: alpha * similarity, alpha, similarity }
  }
  return { excitatory: excitatory.read(take), inhibitory: inhibitory.read(take), read }
}
