import { type Matrix, rowOf, zeros } from '../../math/matrix.ts'
import { random } from '../../math/random.ts'
import { withoutRows } from '../../math/rows.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { UserError } from '../../user-error.ts'
import { fitHead } from '../fit/fit.ts'
import { eachLogits } from '../head/logits.ts'
import { lossOf } from '../head/loss.ts'
import type { Problem } from '../head/problem.ts'
import { heldBias, LOOSE_GAP } from './loose-fit.ts'
import type { ScoreSource } from './source.ts'
import { type Suspicions, SuspicionTable } from './suspicion.ts'
import type { ScoreWork } from './work.ts'

const FOLDS = 5

/** Heads that each have not seen a part of the examples. */
interface FoldedHeads {
  readonly problem: Problem
  /** The part of each example [n] */
  readonly fold: Uint8Array
  /** Θ of all heads beside each other [d (+1), folds · c] */
  readonly thetas: Matrix<Float64Array>
}

/**
 * Visits the targets [c] of each example and the logits [c] of the head that has not seen it, in order; the logits may
 * be overwritten.
 */
type Visit = (row: number, phi: Float64Array, target: Float32Array) => void

async function foldedHeads(
  runtime: Runtime,
  { problem: { bias, ...rest }, theta, classes, seed = 0, onProgress, signal }: ScoreSource,
): Promise<FoldedHeads> {
  const n = rest.features.rows
  if (n < 2) throw new UserError('value', `folds: ${n} training example, expected 2 or more`)
  const problem = { ...rest, bias: heldBias(bias) }
  const fold = dealFolds(n, classes, seed)
  const thetas = zeros(theta.rows, FOLDS * theta.cols)
  for (let k = 0; k < FOLDS; k++) {
    onProgress?.({ phase: 'folds', done: k, total: FOLDS })
    const heldOut = { has: (row: number) => fold[row] === k }
    const part = {
      ...problem,
      features: withoutRows(problem.features, heldOut),
      targets: withoutRows(problem.targets, heldOut),
    }
    const found = await fitHead(runtime, part, { gap: LOOSE_GAP, start: theta, signal })
    for (let a = 0; a < theta.rows; a++) rowOf(thetas, a).set(rowOf(found.theta, a), k * theta.cols)
  }
  return { problem, fold, thetas }
}

/** A fold for each example at random, so that each class keeps its share in all of them to within one example. */
export function dealFolds(n: number, classes: Int32Array | null, seed: number): Uint8Array {
  const uniform = random(seed)
  const order = Array.from({ length: n }, (_, row) => ({ row, at: uniform() }))
  order.sort((a, b) => (classes ? classes[a.row] - classes[b.row] : 0) || a.at - b.at)
  const fold = new Uint8Array(n)
  for (const [place, { row }] of order.entries()) fold[row] = place % FOLDS
  return fold
}

async function eachHeldOut(runtime: Runtime, { problem, fold, thetas }: FoldedHeads, visit: Visit) {
  const { features, targets } = problem
  const c = targets.cols
  await eachLogits(runtime, { features, theta: thetas, beside: targets }, (start, logits, beside) => {
    for (let i = 0; i < logits.rows && beside; i++) {
      const at = fold[start + i] * c
      visit(start + i, rowOf(logits, i).subarray(at, at + c), rowOf(beside, i))
    }
  })
}

/** −log p_y of a head that has not seen the example: the self-confidence of Northcutt et al. 2021, of five folds. */
export async function outOfFoldSuspicions(work: ScoreWork): Promise<Suspicions> {
  const heads = await work.once(foldedHeads)
  const { features, activation } = heads.problem
  const table = new SuspicionTable(features.rows, 'loss', activation, work.source.classes)
  await eachHeldOut(work.runtime, heads, (row, phi, target) => table.takeRow(row, phi, target))
  return table
}

/**
 * Confident learning (Northcutt, Jiang & Chuang 2021): of heads that have not seen the example, by how much the best
 * of the other classes passes its threshold more than the label does its own,
 *
 *   max_{j≠y} (pⱼ − tⱼ) − (p_y − t_y),   tⱼ the mean of pⱼ over the examples with label j (their equation 2)
 *
 * as Kuan & Mueller 2022 adjust for classes of different confidence; 1 stands for the threshold of no examples.
 */
export async function confidentSuspicions(work: ScoreWork, classes: Int32Array): Promise<Suspicions> {
  const { runtime } = work
  const heads = await work.once(foldedHeads)
  const { activation, targets } = heads.problem
  const c = targets.cols
  const { activate } = lossOf(activation)
  const [sums, counts] = [new Float64Array(c), new Float64Array(c)]
  await eachHeldOut(runtime, heads, (row, p) => {
    const y = classes[row]
    activate(p)
    sums[y] += p[y]
    counts[y]++
  })
  const thresholds = sums.map((sum, j) => (counts[j] > 0 ? sum / counts[j] : 1))
  const suspicion = new Float64Array(classes.length)
  const suggested = new Float64Array(classes.length)
  await eachHeldOut(runtime, heads, (row, p) => {
    const y = classes[row]
    activate(p)
    for (let j = 0; j < c; j++) p[j] -= thresholds[j]
    let best = y === 0 ? 1 : 0
    for (let j = 0; j < c; j++) if (j !== y && p[j] > p[best]) best = j
    suspicion[row] = p[best] - p[y]
    suggested[row] = suspicion[row] > 0 ? best : y
  })
  return { suspicion, outputs: classes, suggested }
}
