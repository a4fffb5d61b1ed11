import { widened } from '../../math/float16.ts'
import { type Matrix, rowOf, zerosFloat32 } from '../../math/matrix.ts'
import { type FeatureRows, type Rows, storedArray, storedMatrix } from '../../math/rows.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { blockRows, pairedBlocks } from '../head/blocks.ts'
import type { Kernel } from '../head/kernel.ts'
import { rowNorms } from '../head/row-norms.ts'
import { type IndexPlan, planIndex } from './index-plan.ts'
import { LeadingList, roundedUp } from './leading-list.ts'
import { RowCoordinates } from './row-coordinates.ts'

/**
 * For each output j and each sign of αᵢⱼ, the training examples in decreasing order of
 *
 *   bᵢⱼ = |αᵢⱼ| ‖qᵢ‖  ≥  |αᵢⱼ qᵢᵀqₜ| / ‖qₜ‖      (Cauchy-Schwarz, q as in `Kernel`)
 *
 * so that walking a list down bounds everything behind (method.md §7). Examples with αᵢⱼ = 0 are in none.
 *
 * Lists are cut where queries hardly get to; the largest bound left out says when the rest has to be read
 * after all. Along p orthonormal directions U each qᵢ has coordinates xᵢ and a rest of norm rᵢ, which say more
 * than its norm and cost less than its features:
 *
 *   |qᵢᵀqₜ − xᵢᵀUqₜ|  ≤  rᵢ ‖qₜ − UᵀUqₜ‖
 */
export interface BoundIndex {
  /** The lists one after another: output 0 positive, output 0 negative, output 1 positive, … [entries] */
  readonly rows: Uint32Array
  /** bᵢⱼ of each entry, rounded up [entries] */
  readonly bounds: Float32Array
  /** αᵢⱼ of each entry [entries] */
  readonly alphas: Float32Array
  /**
   * xᵢ and, rounded up, rᵢ of each entry [entries, p + 1], without columns where p = 0; rᵢ = ∞
   * where they say nothing
   */
  readonly coordinates: Matrix<Float32Array>
  /** U [p, rows of q], p a multiple of 4 */
  readonly directions: Matrix<Float64Array>
  /** Where each list starts, and where the last one ends [2c + 1]. */
  readonly offsets: Uint32Array
  /** The largest bound that each list leaves out, rounded up; 0 where it is whole [2c]. */
  readonly left: Float32Array
  /** max ‖qᵢ‖ over all training examples, rounded up */
  readonly largestNorm: number
  /** No entry of any qᵢ is negative, so with a query of the same kind a value has the sign of its α. */
  readonly nonNegative: boolean
}

/** Of an entry beside its coordinates: its row, its bound, its α and the norm of its rest. */
const NUMBERS = 4

/** Which list: of output j, for α > 0 or for α < 0. */
export const listOf = (j: number, sign: 1 | -1): number => 2 * j + (sign > 0 ? 0 : 1)

/** Entries held of all lists together while the training examples are read, and of each at most and at least. */
const HELD = 2 ** 22
const [MOST, LEAST] = [2 ** 16, 2 ** 6]

/**
 * Numbers that an index may have: as many as the features, but no fewer than 64 MiB and no more than 200 MiB of them.
 */
const [FEWEST_NUMBERS, MOST_NUMBERS] = [2 ** 24, 50 * 2 ** 20]

/**
 * Reads the features twice, and a sample of them in between, from which it chooses how far lists go
 * and how many directions there are: by counting multiplications, so that the same fit has the same index.
 *
 * @param alpha [n, c]
 * @param plan chooses depth and directions
 */
export async function buildIndex(
  runtime: Runtime,
  features: FeatureRows,
  alpha: Rows,
  kernel: Kernel,
  plan: (
    features: FeatureRows,
    kernel: Kernel,
    lists: readonly LeadingList[],
  ) => Promise<IndexPlan> = planIndex,
): Promise<BoundIndex> {
  const capacity = Math.max(LEAST, Math.min(MOST, Math.floor(HELD / (2 * alpha.cols))))
  const { norms, largest, nonNegative } = await rowNorms(runtime, features, kernel)
  const lists = await orderRows(alpha, norms, capacity)
  const { depth, directions } = await plan(features, kernel, lists)
  const numbers = Math.max(FEWEST_NUMBERS, Math.min(MOST_NUMBERS, features.rows * features.cols))
  const room = Math.floor(numbers / (lists.length * (directions.rows + NUMBERS)))
  const taken = lists.map(list => list.take(Math.min(depth, Math.max(LEAST, room))))

  const offsets = new Uint32Array(taken.length + 1)
  for (const [at, { rows }] of taken.entries()) offsets[at + 1] = offsets[at] + rows.length
  const entries = offsets[taken.length]
  const rows = new Uint32Array(entries)
  const bounds = new Float32Array(entries)
  for (const [at, list] of taken.entries()) {
    rows.set(list.rows, offsets[at])
    bounds.set(list.bounds, offsets[at])
  }
  return {
    rows,
    bounds,
    offsets,
    ...(await describeEntries(features, alpha, kernel, { rows, offsets, directions })),
    directions,
    left: Float32Array.from(taken, ({ left }) => left),
    largestNorm: roundedUp(largest),
    nonNegative,
  }
}

/** Which rows have the largest bounds. */
async function orderRows(alpha: Rows, norms: Float64Array, capacity: number): Promise<LeadingList[]> {
  const c = alpha.cols
  const lists = Array.from({ length: 2 * c }, () => new LeadingList(capacity))
  for await (const { start, matrix } of alpha.blocks(blockRows(c))) {
    for (let i = 0; i < matrix.rows; i++) {
      const norm = norms[start + i]
      for (let j = 0; j < c; j++) {
        const x = matrix.data[i * c + j]
        const bound = roundedUp(Math.abs(x) * norm)
        if (bound > 0) lists[2 * j + (x > 0 ? 0 : 1)].add(start + i, bound)
      }
    }
  }
  return lists
}

/** The second pass over the features: α and coordinates of every entry, as the rows come by. */
async function describeEntries(
  features: FeatureRows,
  alpha: Rows,
  kernel: Kernel,
  { rows, offsets, directions }: Pick<BoundIndex, 'rows' | 'offsets' | 'directions'>,
): Promise<Pick<BoundIndex, 'alphas' | 'coordinates'>> {
  const described = new RowCoordinates(directions, kernel)
  const alphas = new Float32Array(rows.length)
  const coordinates = zerosFloat32(rows.length, described.values.length)
  const order = byRow(rows)
  const outputs = new Uint32Array(rows.length)
  for (let list = 0; list + 1 < offsets.length; list++) {
    outputs.fill(list >> 1, offsets[list], offsets[list + 1])
  }
  let next = 0
  for await (const { start, a, b: blockAlpha } of pairedBlocks(
    features,
    alpha,
    blockRows(features.cols + alpha.cols),
  )) {
    const array = storedArray(a)
    for (; next < order.length && rows[order[next]] < start + a.rows; next++) {
      const entry = order[next]
      const i = rows[entry] - start
      if (next === 0 || rows[order[next - 1]] !== rows[entry]) {
        described.take(widened(storedMatrix(1, a.cols, array.subarray(i * a.cols))).data)
      }
      alphas[entry] = blockAlpha.data[i * alpha.cols + outputs[entry]]
      rowOf(coordinates, entry).set(described.values)
    }
  }
  return { alphas, coordinates }
}

/** Entries in the order of their rows. */
function byRow(rows: Uint32Array): Uint32Array {
  const keys = new BigUint64Array(rows.length)
  const words = new Uint32Array(keys.buffer)
  for (let entry = 0; entry < rows.length; entry++) {
    words[2 * entry] = entry
    words[2 * entry + 1] = rows[entry]
  }
  keys.sort()
  return Uint32Array.from(rows, (_, i) => words[2 * i])
}
