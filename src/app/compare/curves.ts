import { rowOf, zeros } from '../../math/matrix.ts'
import type { MethodName } from '../../method/attribution/methods.ts'
import { deletionCurve, insertionCurve, meanHeight, prefixes } from '../../method/metrics/curves.ts'
import { explainedOutputs } from '../../method/truth/outputs.ts'
import type { ComparedMethod } from '../../views/comparison-view.ts'
import { knownOrNull } from '../measured/known.ts'
import type { Setting } from './setting.ts'
import type { Refitter } from './truth.ts'

/** How many test examples have curves: each step of each is a refit, of every method. */
export const CURVE_POINTS = 5

/** Shares of the training examples that curves leave out, or fit to, the most excitatory first. */
const CURVE_SHARES = [0.001, 0.005, 0.02] as const

/** A hundred times the gap of the other refits: a hundredth of a logit shows on no curve. */
const CURVE_GAPS = 100

/** How many of n training examples each step has. */
export const curveCounts = (n: number): number[] => [
  ...new Set(CURVE_SHARES.map(share => Math.max(1, Math.round(share * n)))),
]

/** Curves of one method, and their mean heights; null where they are not known. */
export type Curves = Pick<ComparedMethod, 'deletion' | 'insertion' | 'deletionCurve' | 'insertionCurve'>

/**
 * Deletion and insertion curves, by refits without the first rows of each test example's own order and to these
 * alone.
 *
 * @param orders the rows of each of the first test points, of one method
 */
export async function makeCurves(
  refitter: Refitter,
  { problem, theta, points: all }: Setting,
  orders: ReadonlyMap<MethodName, readonly Int32Array[]>,
): Promise<Map<MethodName, Curves>> {
  const n = problem.features.rows
  const counts = curveCounts(n)
  const found = new Map<MethodName, Curves>()
  const points = all.slice(0, Math.min(CURVE_POINTS, all.length))
  const lists = [...orders.values()].flatMap(ofPoints =>
    ofPoints.flatMap((order, t) => prefixes(order, counts).map(rows => ({ rows, point: points[t] }))),
  )
  const gap = CURVE_GAPS * refitter.gap
  const withoutLists = lists.map(({ rows }) => ({ without: rows }))
  const outputs = await refitter.outputs('deletion', withoutLists, points.length, gap)
  const ofFew = await refitter.outputsOfFew('insertion', lists, gap)
  const whole = explainedOutputs(theta, points)
  const shares = counts.map(rows => rows / n)
  let list = 0
  for (const method of orders.keys()) {
    const [without, only] = [zeros(points.length, counts.length), zeros(points.length, counts.length)]
    for (let at = 0; at < only.data.length; at++, list++) {
      without.data[at] = rowOf(outputs, list)[Math.floor(at / counts.length)]
      only.data[at] = ofFew[list]
    }
    const [deletion, insertion] = [deletionCurve(without, whole), insertionCurve(only)]
    found.set(method, {
      deletion: knownOrNull(meanHeight([0, ...shares], [0, ...deletion])),
      insertion: knownOrNull(shares.length > 1 ? meanHeight(shares, insertion) : insertion[0]),
      deletionCurve: Array.from(deletion, knownOrNull),
      insertionCurve: Array.from(insertion, knownOrNull),
    })
  }
  return found
}
