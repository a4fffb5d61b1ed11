import type { Matrix } from '../../../src/math/matrix.ts'
import { memoryRows } from '../../../src/math/rows.ts'
import type { TestPoint } from '../../../src/method/attribution/attribution.ts'
import { fitHead } from '../../../src/method/fit/fit.ts'
import type { Bias } from '../../../src/method/head/head-graph.ts'
import type { Problem } from '../../../src/method/head/problem.ts'
import { labelTargets, teacherTargets } from '../../../src/method/head/targets.ts'
import type { Activation } from '../../../src/onnx/activation.ts'
import type { Runtime } from '../../../src/runtime/runtime.ts'
import { anyLabels, map, normalMatrix } from '../problems.ts'

export const [N, D, C] = [40, 4, 3]
export const LABELS = anyLabels(N, C, 7)

const kinds = [
  'softmax with labels',
  'softmax with a teacher',
  'multi-label sigmoid',
  'squared error',
] as const
export type Kind = (typeof kinds)[number]

/** Every kind of problem with every way that a bias can take part. */
export const HEADS: readonly (readonly [Kind, Bias])[] = kinds.flatMap(kind =>
  (['regularised', 'none', 'free'] as const).map(bias => [kind, bias] as const),
)

/** Features are scaled and shifted, so that none of their moments is the identity. */
export const features = map(normalMatrix(N, D, 1), (x: number) => 0.7 * x + 0.4)

export function problemOf(kind: Kind, bias: Bias, lambda = 0.02): Problem {
  const yesOrNo = map(normalMatrix(N, C, 3), x => Number(x > 0.2))
  const targets = {
    'softmax with labels': labelTargets(LABELS, C),
    'softmax with a teacher': memoryRows(teacherTargets(normalMatrix(N, C, 2), 'softmax')),
    'multi-label sigmoid': memoryRows(yesOrNo),
    'squared error': memoryRows(normalMatrix(N, C, 4)),
  }[kind]
  const activation: Activation =
    kind === 'multi-label sigmoid' ? 'sigmoid' : kind === 'squared error' ? 'identity' : 'softmax'
  return { features: memoryRows(features), targets, activation, lambda, bias }
}

export async function fitted(runtime: Runtime, problem: Problem): Promise<Matrix<Float64Array>> {
  return (await fitHead(runtime, problem, { gap: 1e-9 })).theta
}

/** Test points with and without targets and contrasts. */
export const POINTS: readonly TestPoint[] = Array.from({ length: 5 }, (_, t) => ({
  features: normalMatrix(5, D, 9).data.subarray(t * D, (t + 1) * D),
  output: t % C,
  ...(t === 1 && { against: 2 }),
  ...(t >= 3 && { target: Array.from({ length: C }, (_, j) => Number(j === (t + 1) % C)) }),
}))
