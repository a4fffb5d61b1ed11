import { argmax, type Matrix, norm, rowOf } from '../../math/matrix.ts'
import { drawn, random } from '../../math/random.ts'
import type { FeatureRows, Rows } from '../../math/rows.ts'
import { stratifiedRows } from '../../math/stratified.ts'
import { GraphBuilder } from '../../onnx/builder.ts'
import { matrixTensor, type Runtime, withSession } from '../../runtime/runtime.ts'
import { UserError } from '../../user-error.ts'
import { fitHead } from '../fit/fit.ts'
import { pairedBlocks } from '../head/blocks.ts'
import { featuresInput } from '../head/head-graph.ts'
import { headSuspicions } from './head-scores.ts'
import { heldBias, LOOSE_GAP } from './loose-fit.ts'
import type { ScoreSource } from './source.ts'
import type { Suspicions } from './suspicion.ts'
import type { ScoreWork } from './work.ts'

/** How many neighbours an example has. */
const NEIGHBOURS = 20

/** Of more examples a sample votes, so that the time goes with n, not n². */
const MOST_VOTERS = 2 ** 14

/** Numbers of similarities that are held at once: 64 MiB. */
const BLOCK_NUMBERS = 2 ** 24

const BLOCK_ROWS = 4096

/** Who is near whom: for each example the voters with the largest cosine to it, itself left out. */
export interface Neighbourhood {
  readonly k: number
  /** How many of the k have a say: no more than an example's class has voters beside itself [n] */
  readonly counts: Uint8Array
  /** Places among the voters, the nearest first [n · k] */
  readonly nearest: Uint16Array
  /** Targets of the voters [voters, c] */
  readonly votes: Matrix<Float32Array>
}

/**
 * Finds the neighbours of every example by its features as they are, exact but for single precision. Of voters that
 * are equally near (copies, or all of them to features that are zero) the first count, so voters stand in an order at
 * random: in files these come class by class. Of a class with few examples no more neighbours are asked than it can
 * fill, since the others would outvote it however near it stands together.
 */
export async function findNeighbours(
  runtime: Runtime,
  { problem: { features, targets }, classes, seed = 0, onProgress, signal }: ScoreSource,
): Promise<Neighbourhood> {
  const n = features.rows
  if (n < 2) throw new UserError('value', `neighbours: ${n} training example, expected 2 or more`)
  const rows = votingRows(classes ?? new Uint8Array(n), random(seed))
  const voters = directions(await features.fetch(rows))
  const votes = await targets.fetch(rows)
  const k = Math.min(NEIGHBOURS, rows.length - 1)
  const places = new Int32Array(n).fill(-1)
  for (const [place, row] of rows.entries()) places[row] = place
  const nearest = new Uint16Array(n * k)
  await withSession(runtime, nearestGraph(features, k + 1), async session => {
    const size = Math.max(1, Math.floor(BLOCK_NUMBERS / rows.length))
    for await (const { start, matrix } of features.blocks(size)) {
      signal?.throwIfAborted()
      onProgress?.({ phase: 'neighbours', done: start, total: n })
      const inputs = { features: matrixTensor(matrix), voters: matrixTensor(voters) }
      const found = (await session.run(inputs, ['nearest'])).nearest.data as Int32Array
      for (let i = 0; i < matrix.rows; i++) {
        let kept = 0
        for (let at = i * (k + 1); kept < k; at++) {
          const place = found[at]
          if (place !== places[start + i]) nearest[(start + i) * k + kept++] = place
        }
      }
    }
  })
  return { k, counts: classes ? saysOf(classes, rows, k) : new Uint8Array(n).fill(k), nearest, votes }
}

/**
 * A sample of all rows in which each class has its share, and where it has that many enough for a whole vote, in an
 * order at random.
 */
function votingRows(classes: ArrayLike<number>, uniform: () => number): Int32Array {
  const sample = stratifiedRows(classes, MOST_VOTERS)
  const chosen = new Set(sample)
  const voters = countsOf(classes, sample)
  // So that of many classes there are no more than twice as many voters.
  const least = Math.min(NEIGHBOURS + 1, Math.floor(MOST_VOTERS / voters.size))
  for (let row = 0; row < classes.length && sample.length < classes.length; row++) {
    const count = voters.get(classes[row]) ?? 0
    if (count >= least || chosen.has(row)) continue
    chosen.add(row)
    voters.set(classes[row], count + 1)
  }
  return drawn(Int32Array.from(chosen), chosen.size, uniform)
}

/** How many of some rows each class has. */
function countsOf(classes: ArrayLike<number>, rows: Int32Array): Map<number, number> {
  const counts = new Map<number, number>()
  for (const row of rows) counts.set(classes[row], (counts.get(classes[row]) ?? 0) + 1)
  return counts
}

/** How many neighbours of each example have a say [n]. */
function saysOf(classes: Int32Array, voters: Int32Array, k: number): Uint8Array {
  const counts = countsOf(classes, voters)
  return Uint8Array.from(classes, y => Math.max(1, Math.min(k, (counts.get(y) ?? 0) - 1)))
}

/** Rows of length 1; those that are zero stay so. */
function directions(matrix: Matrix<Float32Array>): Matrix<Float32Array> {
  for (let i = 0; i < matrix.rows; i++) {
    const row = rowOf(matrix, i)
    const size = norm(row) || 1
    for (let a = 0; a < row.length; a++) row[a] /= size
  }
  return matrix
}

/** The places of the voters V with the largest fᵢᵀv; the length of fᵢ changes no order. */
function nearestGraph(features: FeatureRows, count: number): Uint8Array {
  const g = new GraphBuilder('nearest-voters')
  const voters = g.input('voters', 'float32', ['voters', features.cols])
  const products = g.op('Gemm', [featuresInput(g, features, 'float32'), voters], { transB: 1 })
  g.output('nearest', g.cast(g.topColumns(products, count), 'int32'))
  return g.build()
}

/** What the neighbours of each example say of it, the mean of their targets [n, c], made as it is read. */
export function votedTargets({ k, counts, nearest, votes }: Neighbourhood): Rows {
  const n = nearest.length / k
  const voted = (count: number, rowAt: (i: number) => number): Matrix<Float32Array> => {
    const data = new Float32Array(count * votes.cols)
    for (let i = 0; i < count; i++) {
      const row = rowAt(i)
      for (let at = row * k; at < row * k + counts[row]; at++) {
        const vote = rowOf(votes, nearest[at])
        for (let j = 0; j < vote.length; j++) data[i * votes.cols + j] += vote[j] / counts[row]
      }
    }
    return { rows: count, cols: votes.cols, data }
  }
  return {
    rows: n,
    cols: votes.cols,
    dtype: 'float32',
    async *blocks(size, from = 0) {
      for (let start = from; start < n; start += size) {
        yield { start, matrix: voted(Math.min(size, n - start), i => start + i) }
      }
    },
    fetch: async rows => voted(rows.length, i => rows[i]),
  }
}

/**
 * The share of an example's nearest neighbours, by the cosine of their features, that have another label (Wilson
 * 1972; Bahri, Jiang & Gupta 2020); where each output has a label of its own, the distance between the label and
 * the mean of the neighbours'.
 */
export async function neighbourSuspicions(work: ScoreWork): Promise<Suspicions> {
  const { problem, classes } = work.source
  const voted = votedTargets(await work.once(findNeighbours))
  const n = voted.rows
  const found = { suspicion: new Float64Array(n), outputs: new Int32Array(n), suggested: new Float64Array(n) }
  for await (const { start, a, b } of pairedBlocks(voted, problem.targets, BLOCK_ROWS)) {
    for (let i = 0; i < a.rows; i++) {
      const [said, given] = [rowOf(a, i), rowOf(b, i)]
      const misses = said.map((vote, j) => Math.abs(vote - given[j]))
      const output = classes ? classes[start + i] : argmax(misses)
      found.outputs[start + i] = output
      found.suspicion[start + i] = misses[output]
      found.suggested[start + i] = classes ? argmax(said) : said[output]
    }
  }
  return found
}

/**
 * What a head that is fitted to the neighbours' votes says against the label: with p its probabilities
 *
 *   max_{j≠y} pⱼ / (p_y + max_{j≠y} pⱼ)
 *
 * An example has no say in its own vote, nor has one wrong label much in those of others, so that features which
 * follow their own wrong labels, as those of a network that was trained on them do, are no argument for them; and
 * the head sums up over all examples what is noise in twenty neighbours where classes overlap. It is above ½ where
 * the head takes the example for another class. Where each output has a label of its own, |σ(Φ) − T|.
 */
export async function neighbourHeadSuspicions(work: ScoreWork): Promise<Suspicions> {
  const { runtime } = work
  const { problem, theta, classes, onProgress, signal } = work.source
  const voted = {
    ...problem,
    bias: heldBias(problem.bias),
    targets: votedTargets(await work.once(findNeighbours)),
  }
  onProgress?.({ phase: 'votes', done: 0, total: 1 })
  const fit = await fitHead(runtime, voted, { gap: LOOSE_GAP, start: theta, signal })
  return headSuspicions(runtime, { problem, theta: fit.theta }, classes, 'odds')
}
