import type { RowLookup } from '../../math/row-lookup.ts'
import type { TopK } from '../../math/top-k.ts'
import type { Kernel } from '../head/kernel.ts'
import type { BoundIndex } from '../index/bound-index.ts'
import type { Coordinates } from './coordinates.ts'
import { offer } from './offer.ts'
import type { Similarity } from './similarity.ts'
import { loadWalk, QUERY, READ, SIMILARITY, type WalkKernel } from './walk-kernel.ts'

/** Entries at the front of a list that are packed: most queries go no further. */
const PACKED = 256

const PAGE = 2 ** 16

/** Where the front of a list stands in memory. */
interface Front {
  /** Of its records */
  readonly start: number
  /** Of its features */
  readonly features: number
  readonly entries: number
}

/**
 * The fronts of the lists with their features, one record after another, for a kernel that walks them two numbers
 * at a time. A list is packed when it is first walked, as long as there is room; what it finds is to the last
 * bit what walking without it finds.
 */
export class PackedLists {
  readonly #index: BoundIndex
  readonly #features: RowLookup
  readonly #constant: number
  readonly #walk: WalkKernel | null
  /** Bytes of a record. */
  readonly #stride: number
  /** Features of an entry, with those that fill up the last four. */
  readonly #length: number
  readonly #most: number
  #used: number
  readonly #fronts = new Map<number, Front | null>()
  #doubles = new Float64Array(0)
  #counts = new Int32Array(0)

  /** @param room bytes for records */
  constructor(index: BoundIndex, features: RowLookup, kernel: Kernel, room: number) {
    const p = index.directions.rows
    this.#index = index
    this.#features = features
    this.#constant = kernel.constant ? 1 : 0
    this.#length = 4 * Math.ceil(features.cols / 4)
    this.#stride = 4 * (3 + p)
    this.#used = QUERY + 8 * (p + 2 * this.#length)
    this.#most = this.#used + room
    this.#walk = room > 0 ? loadWalk() : null
    if (!this.#walk) return
    this.#grow()
    const pairs = QUERY / 8 + p
    kernel.mean?.forEach((m, a) => {
      this.#doubles[pairs + 2 * (a - (a % 2)) + 2 + (a % 2)] = m
    })
  }

  /** Takes the query that similarity and coordinates were asked last. */
  ask(similarity: Similarity, coordinates: Coordinates): void {
    if (!this.#walk) return
    const { query } = similarity
    const { along } = coordinates
    const doubles = this.#doubles
    const start = QUERY / 8
    for (let b = 0; b < along.length; b++) doubles[start + b] = along[b]
    const pairs = start + along.length
    const d = this.#features.cols
    for (let a = 0; a < d; a += 2) {
      doubles[pairs + 2 * a] = query[a]
      if (a + 1 < d) doubles[pairs + 2 * a + 1] = query[a + 1]
    }
  }

  /**
   * Walks the front of a list, and offers the values that are wanted to `same` and `opposite` as `Search` does.
   *
   * @param rest ‖qₜ − Uᵀy‖ of the query
   * @returns how many entries at the front are done with; 0 where the list is not packed
   */
  walk(list: number, scale: number, rest: number, same: TopK, opposite: TopK): number {
    const walk = this.#walk
    const front = walk && this.#frontOf(list)
    if (!front) return 0
    const { rows, alphas, offsets } = this.#index
    const stride = this.#stride
    const end = front.start + front.entries * stride
    const features = 4 * this.#length
    this.#counts[READ / 4] = 0
    let at = front.start
    let row = front.features
    for (;;) {
      at = walk.run(
        at,
        end,
        stride,
        row,
        features,
        scale,
        same.threshold,
        opposite.threshold,
        rest,
        this.#constant,
      )
      if (at >= end) return front.entries
      const past = (at - front.start) / stride
      const entry = offsets[list] + past
      offer(Math.abs(alphas[entry]), this.#doubles[SIMILARITY / 8], rows[entry], same, opposite)
      at += stride
      row = front.features + (past + 1) * features
    }
  }

  /** How many rows the last walk read. */
  get read(): number {
    return this.#counts[READ / 4]
  }

  #frontOf(list: number): Front | null {
    let front = this.#fronts.get(list)
    if (front === undefined) {
      front = this.#pack(list)
      this.#fronts.set(list, front)
    }
    return front
  }

  /** null where there is no room. */
  #pack(list: number): Front | null {
    const { rows, bounds, alphas, coordinates, offsets, directions } = this.#index
    const entries = Math.min(PACKED, offsets[list + 1] - offsets[list])
    const start = this.#used
    const features = start + entries * this.#stride
    const end = features + entries * 4 * this.#length
    if (end > this.#most) return null
    this.#used = end
    this.#grow()
    const p = directions.rows
    const { cols } = this.#features
    const records = new Float32Array(this.#buffer(), start, (features - start) / 4)
    const copied = new Float32Array(this.#buffer(), features, (end - features) / 4)
    for (let i = 0; i < entries; i++) {
      const entry = offsets[list] + i
      const record = (i * this.#stride) / 4
      records[record] = bounds[entry]
      records[record + 1] = Math.abs(alphas[entry])
      records[record + 2] = p === 0 ? Number.POSITIVE_INFINITY : coordinates.data[entry * (p + 1) + p]
      for (let b = 0; b < p; b++) records[record + 3 + b] = coordinates.data[entry * (p + 1) + b]
      const row = this.#features.locate(rows[entry])
      for (let a = 0; a < cols; a++) copied[i * this.#length + a] = this.#features.data[row + a]
    }
    return { start, features, entries }
  }

  #buffer(): ArrayBuffer {
    return (this.#walk as WalkKernel).memory.buffer
  }

  /** Makes the memory as large as what is used. Growing it leaves all views of it behind. */
  #grow(): void {
    const walk = this.#walk as WalkKernel
    const missing = this.#used - walk.memory.buffer.byteLength
    if (missing > 0) walk.memory.grow(Math.ceil(missing / PAGE))
    this.#doubles = new Float64Array(
      walk.memory.buffer,
      0,
      QUERY / 8 + this.#index.directions.rows + 2 * this.#length,
    )
    this.#counts = new Int32Array(walk.memory.buffer, 0, QUERY / 4)
  }
}
