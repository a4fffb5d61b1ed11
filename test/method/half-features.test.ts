import { expect, test } from 'vitest'
import { narrowFloat16, widened } from '../../src/math/float16.ts'
import { allRows, type FeatureRows, memoryRows } from '../../src/math/rows.ts'
import { explainFit } from '../../src/method/fit/explained-fit.ts'
import { compareWithGiven } from '../../src/method/fit/fidelity.ts'
import type { Bias } from '../../src/method/head/head-graph.ts'
import { labelTargets, teacherTargets } from '../../src/method/head/targets.ts'
import type { Activation } from '../../src/onnx/activation.ts'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'
import { anyLabels, normalMatrix } from './problems.ts'

const [N, D, C] = [700, 12, 4]
const wide = normalMatrix(N, D, 1)
const halves = { rows: N, cols: D, bits: narrowFloat16(wide.data) }

/** Everything that a fit leaves, but for how long it took. */
async function everything(features: FeatureRows, activation: Activation, bias: Bias) {
  const runtime = cpuRuntime()
  const logits = normalMatrix(N, C, 2)
  const targets =
    activation === 'softmax'
      ? labelTargets(anyLabels(N, C, 3), C)
      : memoryRows(teacherTargets(logits, activation))
  const { seconds, alpha, ...fit } = await explainFit(
    runtime,
    { features, targets, activation, lambda: 0.01, bias },
    { kernel: bias === 'free' ? 'centred' : 'plain', classes: null, task: 'classification', classCount: C },
    { start: normalMatrix(bias === 'none' ? D : D + 1, C, 4) },
  )
  const head = { ...fit, features, activation, task: 'units' as const }
  const fidelity = await compareWithGiven(runtime, head, memoryRows(logits))
  return { seconds, rest: { fit, alpha: await allRows(alpha), fidelity } }
}

test.each([
  ['softmax', 'regularised'],
  ['sigmoid', 'free'],
  ['relu', 'none'],
] as const)(
  'a %s head on halves is that on the same numbers in single precision (bias %s)',
  async (activation, bias) => {
    const ofHalves = await everything(memoryRows(halves), activation, bias)
    const ofSingles = await everything(memoryRows(widened(halves)), activation, bias)
    expect(ofHalves.rest.fit.status).toBe('converged')
    expect(ofHalves.rest).toEqual(ofSingles.rest)
  },
)
