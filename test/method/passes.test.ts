import { expect, test } from 'vitest'
import { type FeatureRows, memoryRows } from '../../src/math/rows.ts'
import { explainFit } from '../../src/method/fit/explained-fit.ts'
import { compareWithGiven } from '../../src/method/fit/fidelity.ts'
import { labelTargets } from '../../src/method/head/targets.ts'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'
import { anyLabels, normalMatrix } from './problems.ts'

const [N, D, C] = [5000, 8, 3]

/** Rows, and how often all of them were read. */
function counted(rows: FeatureRows) {
  const reads = { passes: 0 }
  const counting: FeatureRows = {
    ...rows,
    async *blocks(...range) {
      reads.passes++
      yield* rows.blocks(...range)
    },
  }
  return { rows: counting, reads }
}

test.each(['plain', 'centred'] as const)(
  'after the solver, a fit reads the features once for each thing that it makes of them (%s)',
  async kernel => {
    const { rows: features, reads } = counted(memoryRows(normalMatrix(N, D, 1)))
    const runtime = cpuRuntime()
    const at: Record<string, number> = {}
    const fit = await explainFit(
      runtime,
      {
        features,
        targets: labelTargets(anyLabels(N, C, 2), C),
        activation: 'softmax',
        lambda: 0.01,
        bias: kernel === 'centred' ? 'free' : 'regularised',
      },
      { kernel, classes: null, task: 'classification', classCount: C },
      {
        onStage: stage => {
          at[stage] = reads.passes
        },
      },
    )
    const ended = reads.passes
    // α with what is decided of Φ, the sums by class, the gap; and the mean, where the kernel is about it.
    expect(at.index - at.alpha).toBe(kernel === 'centred' ? 4 : 3)
    // How large each example is, and what the entries of the index say of theirs.
    expect(ended - at.index).toBe(2)
    await compareWithGiven(runtime, { ...fit, features, activation: 'softmax', task: 'classification' }, null)
    expect(reads.passes - ended).toBe(1)
  },
)
