import type { RowLookup } from '../../math/row-lookup.ts'
import { TopK } from '../../math/top-k.ts'
import { type BoundIndex, listOf } from '../index/bound-index.ts'
import type { Coordinates } from './coordinates.ts'
import { isBehind, offer, SLACK } from './offer.ts'
import type { Similarity } from './similarity.ts'
import type { Touched } from './touched.ts'

/** What a contrast of two outputs wants, and what has been found of it. */
interface Sought {
  readonly j: number
  readonly k: number
  readonly excitatory: TopK
  readonly inhibitory: TopK
}

/** Where the walk down a list has got to. */
interface Place {
  at: number
  readonly end: number
  readonly left: number
  /** What bounds every row not walked past. */
  front: number
}

/** The search for the values of a contrast, whose rows stand in lists of two outputs. */
export class ContrastSearch {
  readonly #index: BoundIndex
  readonly #alpha: RowLookup
  readonly #similarity: Similarity
  readonly #coordinates: Coordinates
  readonly #touched: Touched
  /** For values that a walk does not look for. */
  readonly #none = new TopK(0)

  constructor(
    index: BoundIndex,
    alpha: RowLookup,
    similarity: Similarity,
    coordinates: Coordinates,
    touched: Touched,
  ) {
    this.#index = index
    this.#alpha = alpha
    this.#similarity = similarity
    this.#coordinates = coordinates
    this.#touched = touched
  }

  /**
   * Fills the heaps, and answers how many rows were read.
   *
   * @param signed no similarity is negative, so that a value has the sign of its αᵢⱼ − αᵢₖ
   */
  find([j, k]: readonly [number, number], signed: boolean, excitatory: TopK, inhibitory: TopK): number {
    this.#touched.clear()
    const sought = { j, k, excitatory, inhibitory }
    if (!signed) return this.#walk(sought, [1, -1], excitatory, inhibitory)
    return this.#walk(sought, [1], excitatory, this.#none) + this.#walk(sought, [-1], this.#none, inhibitory)
  }

  /**
   * Walks lists of both outputs together, those of the second with the other sign. A row not touched yet
   * stands in at most one list of each output, at or behind its front, so its |value| is at most ‖qₜ‖ times
   * the sum over both of the largest front.
   *
   * @param excitatory when it wants nothing within the bound any more, and `inhibitory` neither, the walk ends
   */
  #walk(sought: Sought, signs: readonly (1 | -1)[], excitatory: TopK, inhibitory: TopK): number {
    const { rows, bounds, alphas } = this.#index
    const scale = this.#similarity.norm * SLACK
    const ofFirst = signs.map(sign => this.#start(listOf(sought.j, sign)))
    const ofSecond = signs.map(sign => this.#start(listOf(sought.k, sign === 1 ? -1 : 1)))
    let read = 0
    for (;;) {
      const first = largestFront(ofFirst)
      const second = largestFront(ofSecond)
      if (isBehind((first.front + second.front) * scale, excitatory, inhibitory)) return read
      const place = first.front >= second.front ? first : second
      if (place.at === place.end) return read + this.#rest(sought, excitatory, inhibitory)
      const at = place.at++
      place.front = place.at < place.end ? bounds[place.at] : place.left
      const row = rows[at]
      if (this.#touched.has(row)) continue
      const alpha = this.#alphaOf(sought, row)
      const size = Math.abs(alpha)
      const most = (size / Math.abs(alphas[at])) * bounds[at] * scale
      const same = (alpha > 0 ? excitatory : inhibitory).threshold
      const opposite = (alpha > 0 ? inhibitory : excitatory).threshold
      if (!this.#coordinates.mayReach(at, size, most, same, opposite)) continue
      this.#take(sought, row, alpha)
      read++
    }
  }

  /** Reads what no list has led to. */
  #rest(sought: Sought, excitatory: TopK, inhibitory: TopK): number {
    const scale = this.#index.largestNorm * this.#similarity.norm * SLACK
    let read = 0
    for (let row = 0; row < this.#alpha.rows; row++) {
      const alpha = this.#alphaOf(sought, row)
      if (isBehind(Math.abs(alpha) * scale, excitatory, inhibitory) || this.#touched.has(row)) continue
      this.#take(sought, row, alpha)
      read++
    }
    return read
  }

  /** Reads a row and offers its value, to whichever heap is of its sign. */
  #take({ excitatory, inhibitory }: Sought, row: number, alpha: number): void {
    this.#touched.add(row)
    const similarity = this.#similarity.of(row)
    if (alpha > 0) offer(alpha, similarity, row, excitatory, inhibitory)
    else offer(-alpha, similarity, row, inhibitory, excitatory)
  }

  #alphaOf({ j, k }: Sought, row: number): number {
    const at = this.#alpha.locate(row)
    return this.#alpha.data[at + j] - this.#alpha.data[at + k]
  }

  #start(list: number): Place {
    const { offsets, bounds, left } = this.#index
    const [at, end] = [offsets[list], offsets[list + 1]]
    return { at, end, left: left[list], front: at < end ? bounds[at] : left[list] }
  }
}

function largestFront(places: readonly Place[]): Place {
  let best = places[0]
  for (let i = 1; i < places.length; i++) if (places[i].front > best.front) best = places[i]
  return best
}
