import { describe, expect, test, vi } from 'vitest'
import { type Matrix, zerosFloat32 } from '../../src/math/matrix.ts'
import { memoryRows } from '../../src/math/rows.ts'
import { inputShapeFor } from '../../src/method/network/input-shape.ts'
import { exposeHead, Network, type NetworkOutputs } from '../../src/method/network/network.ts'
import { findHeads } from '../../src/onnx/head.ts'
import { decodeModel, encodeModel } from '../../src/onnx/proto.ts'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'
import { UserError } from '../../src/user-error.ts'
import {
  externalData,
  modelBytes,
  modelFixture,
  namesWithHead,
  readExternal,
  valuesOf,
} from '../onnx/fixtures.ts'
import { normalMatrix } from './problems.ts'

async function load(name: string): Promise<Network> {
  const model = modelFixture(name)
  const [head] = (await findHeads(model, readExternal)).heads
  const { input, inputShape, batch } = inputShapeFor(model, null)
  const { bytes, names } = exposeHead(model, head)
  const { rows: d, cols: c } = head.weight
  const shape = { name: model.name, inputName: input.name, inputShape, batch, outputs: names, d, c }
  return Network.load(cpuRuntime(1), bytes, shape, externalData(model))
}

function expectClose(found: Matrix, expected: Matrix): void {
  expect([found.rows, found.cols]).toEqual([expected.rows, expected.cols])
  found.data.forEach((x, i) => {
    expect(Math.abs(x - expected.data[i])).toBeLessThanOrEqual(1e-5)
  })
}

test.each(namesWithHead)('features and logits of %s are PyTorch’s', async name => {
  const network = await load(name)
  const { input, head } = await valuesOf(name)
  const { features, logits } = await network.run(input)
  await network.release()
  if (!head) throw new Error(`${name}.npz has no head`)
  expectClose(features, head.features)
  expectClose(logits, head.logits)
})

/** Room for the outputs of so many rows. */
const outputsFor = ({ shape: { d, c } }: Network, rows: number): NetworkOutputs => ({
  features: zerosFloat32(rows, d),
  logits: zerosFloat32(rows, c),
})

/** Puts a batch where it belongs among all outputs. */
function put(all: NetworkOutputs, { features, logits }: NetworkOutputs, start: number): void {
  all.features.data.set(features.data, start * features.cols)
  all.logits.data.set(logits.data, start * logits.cols)
}

describe('inputs in any number', () => {
  test.each([0, 1, 3, 7])('go through a model with a fixed batch of 3: %i', async rows => {
    const [fixed, open] = [await load('gemm-fixed-batch'), await load('gemm')]
    expect(fixed.shape.batch).toBe(3)
    const inputs = normalMatrix(rows, 6, 1)
    const found = await fixed.run(inputs)
    // The same weights with a batch that any number fills.
    const expected = await open.run(inputs)
    expectClose(found.features, expected.features)
    expectClose(found.logits, expected.logits)
  })

  test('go through in batches, with progress after each', async () => {
    for (const name of ['gemm', 'gemm-fixed-batch']) {
      const network = await load(name)
      const inputs = normalMatrix(700, 6, 2)
      const done: number[] = []
      const all = outputsFor(network, 700)
      await network.runAll(memoryRows(inputs), (outputs, start) => {
        put(all, outputs, start)
        done.push(start + outputs.features.rows)
      })
      const once = await network.run(inputs)
      expectClose(all.features, once.features)
      expectClose(all.logits, once.logits)
      expect(done.at(-1)).toBe(700)
      expect(done).toEqual([...new Set(done)].sort((a, b) => a - b))
    }
  })

  /** Rows that begin where they are told to, and rows that can only be read from their beginning. */
  test.each([true, false])('go through from where a run stopped, to the same bits: %s', async canSkip => {
    const inputs = normalMatrix(700, 6, 4)
    const { blocks, ...rows } = memoryRows(inputs)
    const network = await load('gemm')
    const all = outputsFor(network, 700)
    await network.runAll(memoryRows(inputs), (outputs, start) => put(all, outputs, start))
    for (const from of [0, 256, 512, 700]) {
      const counted = await load('gemm')
      const run = vi.spyOn(counted, 'run')
      const into = outputsFor(counted, 700)
      into.features.data.set(all.features.data.subarray(0, from * into.features.cols))
      into.logits.data.set(all.logits.data.subarray(0, from * into.logits.cols))
      const partly = { ...rows, blocks: (size: number, start?: number) => blocks(size, canSkip ? start : 0) }
      await counted.runAll(partly, (outputs, start) => put(into, outputs, start), { from })
      expect(into).toEqual(all)
      expect(run.mock.calls.map(([matrix]) => matrix.rows)).toEqual(
        [256, 256, 188].slice(Math.ceil(from / 256)),
      )
    }
  })

  test('go through in batches of the fastest size, to the same bits', async () => {
    const network = await load('gemm')
    const inputs = normalMatrix(3000, 6, 5)
    const fixed = outputsFor(network, 3000)
    await network.runAll(memoryRows(inputs), (outputs, start) => put(fixed, outputs, start))
    expect(network.batchOf(memoryRows(inputs))).toBe(256)
    const first = { rows: 64, cols: 6, data: inputs.data.subarray(0, 64 * 6) }
    await network.compareBatches(first, await network.run(first))
    expect(network.batchOf(memoryRows(inputs))).toBe(16)
    const run = vi.spyOn(network, 'run')
    const done: number[] = []
    const found = outputsFor(network, 3000)
    await network.runAll(memoryRows(inputs), (outputs, start) => {
      put(found, outputs, start)
      done.push(start + outputs.features.rows)
    })
    expect(found).toEqual(fixed)
    const sizes = new Set(run.mock.calls.slice(0, 40).map(([matrix]) => matrix.rows))
    expect(sizes).toEqual(new Set([16, 32, 64, 128, 256]))
    expect(done.slice(0, -1).every(rows => rows % 16 === 0)).toBe(true)
    expect(done.at(-1)).toBe(3000)
    // What is left at the end is filled up: a few rows alone may have kernels of their own.
    expect(run.mock.calls.every(([, size = 1]) => size % 16 === 0)).toBe(true)
    for (const from of [16, 1008, 2992]) {
      const into = outputsFor(network, 3000)
      into.features.data.set(fixed.features.data.subarray(0, from * into.features.cols))
      into.logits.data.set(fixed.logits.data.subarray(0, from * into.logits.cols))
      await network.runAll(memoryRows(inputs), (outputs, start) => put(into, outputs, start), { from })
      expect(into).toEqual(fixed)
    }
  })

  test('go through in batches of one size where another size gives other bits', async () => {
    const network = await load('gemm')
    const first = normalMatrix(64, 6, 6)
    const together = await network.run(first)
    together.features.data[7] += 1e-6
    await network.compareBatches(first, together)
    expect(network.batchOf(memoryRows(first))).toBe(256)
  })

  test('stop when they are aborted', async () => {
    const network = await load('gemm')
    const controller = new AbortController()
    const stop = () => controller.abort(new Error('enough'))
    const running = network.runAll(memoryRows(normalMatrix(700, 6, 3)), stop, { signal: controller.signal })
    await expect(running).rejects.toThrow('enough')
  })
})

describe('a model that cannot be run', () => {
  test('is refused when it is loaded, in the runtime’s words', async () => {
    const model = decodeModel(modelBytes('gemm'))
    if (model.graph) model.graph.node[0].opType = 'NoSuchOperator'
    const shape = { ...(await load('gemm')).shape, name: 'm.onnx' }
    const loading = Network.load(cpuRuntime(1), encodeModel(model), shape, [])
    await expect(loading).rejects.toMatchObject({
      name: 'UserError',
      code: 'model',
      message: expect.stringMatching(/^m\.onnx: ONNX Runtime cannot load it: .*NoSuchOperator[^\n]*$/),
    })
  })

  test('is refused when it runs, in the runtime’s words', async () => {
    const network = await load('conv')
    const model = modelFixture('conv')
    const [head] = (await findHeads(model, readExternal)).heads
    const { bytes, names } = exposeHead(model, head)
    const shape = { ...network.shape, inputShape: [1, 4, 4], outputs: names }
    const misread = await Network.load(cpuRuntime(1), bytes, shape, [])
    await expect(misread.run(normalMatrix(2, 16, 1))).rejects.toMatchObject({
      name: 'UserError',
      code: 'model',
      message: expect.stringMatching(/^conv\.onnx: ONNX Runtime cannot run it: [^\n]+$/),
    })
  })

  test('is refused where the layer does not give one vector an example', async () => {
    const network = await load('gemm')
    const model = modelFixture('gemm')
    const [head] = (await findHeads(model, readExternal)).heads
    const { bytes, names } = exposeHead(model, head)
    const positions = await Network.load(cpuRuntime(1), bytes, { ...network.shape, outputs: names, d: 3 }, [])
    const message =
      'gemm.onnx: features: the layer gives [2, 5] for a batch, expected 6 float32 numbers, one vector an ' +
      'example; layers over positions or tokens cannot be explained'
    await expect(positions.run(normalMatrix(2, 6, 1))).rejects.toThrow(new UserError('model', message))
  })
})
