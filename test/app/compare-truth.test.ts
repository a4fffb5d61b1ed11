import { expect, test } from 'vitest'
import type { Setting } from '../../src/app/compare/setting.ts'
import { Refitter } from '../../src/app/compare/truth.ts'
import { zeros } from '../../src/math/matrix.ts'
import { memoryRows } from '../../src/math/rows.ts'
import { labelTargets } from '../../src/method/head/targets.ts'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'
import { UserError } from '../../src/user-error.ts'
import { normalMatrix } from '../method/problems.ts'

const cpu = cpuRuntime(1)

test('only examples to which no head can be fitted have no output: what else goes wrong is told', async () => {
  const point = { features: [1, 2, 3], output: 0 }
  const setting: Setting = {
    problem: {
      features: memoryRows(normalMatrix(8, 3, 1)),
      targets: labelTargets(Int32Array.from([0, 0, 0, 0, 1, 1, 1, 1]), 2),
      activation: 'softmax',
      lambda: 0.01,
      bias: 'free',
    },
    theta: zeros(4, 2),
    points: [point],
    groups: null,
    heldOut: false,
  }
  let isBroken = false
  const runtime: typeof cpu = {
    device: cpu.device,
    async load(...given) {
      if (isBroken) throw new UserError('io', 'no more memory')
      return cpu.load(...given)
    },
  }
  const options = { gap: 1e-3, signal: undefined, onProgress: () => undefined }
  const refitter = await Refitter.open(runtime, setting, options)
  const ask = () =>
    refitter.outputsOfFew(
      'insertion',
      [
        { rows: [0, 1], point },
        { rows: [0, 5], point },
      ],
      1e-3,
    )
  const [ofOneLabel, ofBoth] = await ask()
  expect([ofOneLabel, Number.isFinite(ofBoth)]).toEqual([Number.NaN, true])
  isBroken = true
  await expect(ask()).rejects.toThrow('no more memory')
  await refitter.release()
})
