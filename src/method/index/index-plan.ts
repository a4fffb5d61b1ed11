import { dot, type Matrix, norm, rowOf, zeros } from '../../math/matrix.ts'
import { principalDirections } from '../../math/principal.ts'
import { multiply } from '../../math/products.ts'
import type { FeatureRows } from '../../math/rows.ts'
import { type Kernel, kernelRows, writeQuery } from '../head/kernel.ts'
import type { LeadingList } from './leading-list.ts'

/** How far the lists of an index go, and the directions U [p, rows of q] of its coordinates. */
export interface IndexPlan {
  readonly depth: number
  readonly directions: Matrix<Float64Array>
}

/** Training examples that directions are made of, and that are asked as queries. */
const [SHAPED, ASKED] = [1024, 24]

/** Entries of a list that are looked at for each of them. */
const SEEN = 2048

/** What queries ask for, and the most that lists are made for. */
const [USUAL_K, LARGE_K] = [10, 100]

/** Of the entries that the sample needed, for queries that need more; and the fewest that are kept. */
const [MARGIN, FEWEST] = [4, 2048]

/** Numbers of directions to choose from. */
const COUNTS = [0, 4, 8, 16, 32]

/** Multiply-adds that taking up an entry or a row costs beside its products. */
export const [ENTRY_COST, ROW_COST] = [6, 24]

/** Asks a sample of the training examples as queries, each about one output, and counts what that costs. */
export async function planIndex(
  features: FeatureRows,
  kernel: Kernel,
  lists: readonly LeadingList[],
): Promise<IndexPlan> {
  const length = kernelRows(kernel)
  const counts = COUNTS.filter(p => p < length)
  const most = Math.max(...counts)
  const directions = principalDirections(await queriesOf(features, kernel, SHAPED), most)
  const queries = await queriesOf(features, kernel, ASKED)
  const costs = new Float64Array(counts.length)
  let needed = 0
  for (let t = 0; t < queries.rows; t++) {
    const query = rowOf(queries, t)
    for (const list of [lists[(2 * t) % lists.length], lists[(2 * t + 1) % lists.length]]) {
      const walk = await sampleWalk(features, kernel, list, query, directions)
      needed = Math.max(needed, walk.needed)
      for (const [at, p] of counts.entries()) costs[at] += walk.cost(p)
    }
  }
  const p = counts[costs.indexOf(Math.min(...costs))] ?? 0
  return {
    depth: Math.max(FEWEST, MARGIN * needed),
    directions: { rows: p, cols: length, data: directions.data.slice(0, p * length) },
  }
}

/** q of training examples spread evenly [count, rows of q]. */
async function queriesOf(
  features: FeatureRows,
  kernel: Kernel,
  count: number,
): Promise<Matrix<Float64Array>> {
  const { rows: n } = features
  const m = Math.min(n, count)
  const sample = await features.fetch(
    Uint32Array.from({ length: m }, (_, i) => Math.floor(((i + 0.5) * n) / m)),
  )
  const queries = zeros(m, kernelRows(kernel))
  for (let i = 0; i < m; i++) writeQuery(kernel, rowOf(sample, i), rowOf(queries, i))
  return queries
}

interface SampleWalk {
  /** How many entries have to be kept for the query to be answered for a large k */
  readonly needed: number
  /** Multiply-adds of a walk for the usual k with p directions */
  cost(p: number): number
}

/** One query's walk along one list, as if from its end: with the threshold that the best k leave. */
async function sampleWalk(
  features: FeatureRows,
  kernel: Kernel,
  list: LeadingList,
  query: Float64Array,
  directions: Matrix<Float64Array>,
): Promise<SampleWalk> {
  const { rows, bounds } = list.take(SEEN)
  const fetched = await features.fetch(rows)
  const q = zeros(rows.length, query.length)
  for (let i = 0; i < rows.length; i++) writeQuery(kernel, rowOf(fetched, i), rowOf(q, i))
  const norms = Float64Array.from(rows, (_, i) => norm(rowOf(q, i)))
  const values = Float64Array.from(rows, (_, i) => (bounds[i] / norms[i]) * dot(rowOf(q, i), query))
  const order = values.slice().sort().reverse()
  const queryNorm = norm(query)
  /** How many entries are walked before k values are known to be the best. */
  const walked = (k: number): number => {
    const threshold = Math.max(0, order[k - 1] ?? 0)
    const end = bounds.findIndex(bound => bound * queryNorm < threshold)
    return end < 0 ? rows.length : end
  }
  const needed = walked(LARGE_K)
  const usual = walked(USUAL_K)
  const threshold = Math.max(0, order[USUAL_K - 1] ?? 0)
  const along = new Float64Array(directions.rows)
  multiply(directions, query, along)
  const x = zeros(usual, directions.rows)
  for (let i = 0; i < usual; i++) multiply(directions, rowOf(q, i), rowOf(x, i))

  const cost = (p: number): number => {
    const rest = Math.sqrt(Math.max(0, queryNorm ** 2 - dot(along, along, p)))
    let total = (p * query.length) / 2
    for (let i = 0; i < usual; i++) {
      const own = rowOf(x, i)
      const ownRest = Math.sqrt(Math.max(0, norms[i] ** 2 - dot(own, own, p)))
      const most = (bounds[i] / norms[i]) * (dot(own, along, p) + ownRest * rest)
      total += p + ENTRY_COST + (most >= threshold ? query.length + ROW_COST : 0)
    }
    return total
  }
  return { needed: needed < SEEN ? needed : MARGIN * SEEN, cost }
}
