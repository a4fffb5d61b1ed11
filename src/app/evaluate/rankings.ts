import { type Matrix, rowOf } from '../../math/matrix.ts'
import { collect, type Ends, endsCollector, rowsCollector } from '../../method/attribution/answers.ts'
import type { TestPoint } from '../../method/attribution/attribution.ts'
import { openAttribution } from '../../method/attribution/methods.ts'
import type { LadderFit } from '../../method/fit/lambda-ladder.ts'
import { meanOverlap, meanRankCorrelation } from '../../method/metrics/stability.ts'
import { predictedPoint } from '../../method/truth/outputs.ts'
import { randomRows } from '../../method/truth/subsets.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { Neighbours } from '../../views/evaluation-view.ts'
import { knownOrNull } from '../measured/known.ts'
import { TOP_K } from '../measured/top-k.ts'
import { askedRows, type Setting } from './setting.ts'

/** Training examples whose values are ranked: all where there are not more. */
export const MOST_RANKED = 2000

/** The values that one head gives some test examples, as far as they are compared with another's. */
export interface Ranking {
  readonly lambda: number
  /** Of each test example, the training examples with the largest and the smallest values */
  readonly ends: readonly Ends[]
  /** Of some training examples [rows, test examples] */
  readonly values: Matrix<Float64Array>
}

/** Test examples, each asked about the output that the stored head predicts. */
export async function askedPoints(setting: Setting, tests: number, seed: number): Promise<TestPoint[]> {
  const { reader, solution, train, test } = setting
  const rows = askedRows(reader.manifest, tests, seed)
  const found = await (test ?? train).features.fetch(rows)
  return Array.from(rows, (_, t) => predictedPoint(solution.theta, rowOf(found, t).slice()))
}

/** Representer values of the head at one λ, by the kernel that the explainer explains with. */
export async function rank(
  runtime: Runtime,
  { reader, problem }: Setting,
  { lambda, theta }: Pick<LadderFit, 'lambda' | 'theta'>,
  points: readonly TestPoint[],
  seed: number,
): Promise<Ranking> {
  const method = reader.manifest.kernel === 'centred' ? 'centred' : 'representer'
  const attribution = await openAttribution(runtime, method, { problem: { ...problem, lambda }, theta })
  const ends = endsCollector(points.length, TOP_K)
  const values = rowsCollector(points.length, randomRows(problem.features.rows, MOST_RANKED, seed))
  try {
    await collect(attribution, points, [ends, values])
  } finally {
    await attribution.release()
  }
  return { lambda, ends: ends.answer(), values: values.answer() }
}

/** How much of what is shown stays the same from one λ to another. */
export function neighbours(a: Ranking, b: Ranking): Neighbours {
  return {
    lambdas: [a.lambda, b.lambda],
    excitatory: knownOrNull(meanOverlap(a.ends.map(excitatory), b.ends.map(excitatory))),
    inhibitory: knownOrNull(meanOverlap(a.ends.map(inhibitory), b.ends.map(inhibitory))),
    rankCorrelation: knownOrNull(meanRankCorrelation(a.values, b.values)),
  }
}

const excitatory = ({ highest }: Ends): number[] =>
  highest.filter(({ score }) => score > 0).map(({ row }) => row)

const inhibitory = ({ lowest }: Ends): number[] =>
  lowest.filter(({ score }) => score < 0).map(({ row }) => row)
