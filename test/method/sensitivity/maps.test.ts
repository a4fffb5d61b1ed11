import { describe, expect, test } from 'vitest'
import { rowOf, zerosFloat32 } from '../../../src/math/matrix.ts'
import { randomNormal } from '../../../src/math/random.ts'
import type { NetworkShape } from '../../../src/method/network/network.ts'
import { SensitivityMaps } from '../../../src/method/sensitivity/maps.ts'
import { smoothGrad, withNoiseOn } from '../../../src/method/sensitivity/smooth-grad.ts'
import { tensorValue } from '../../../src/method/sensitivity/tensor-value.ts'
import { readModel } from '../../../src/onnx/model.ts'
import { cpuRuntime } from '../../../src/runtime/onnxruntime.node.ts'
import type { Runtime } from '../../../src/runtime/runtime.ts'
import { type Graph, graphModel, node, tensor } from '../../onnx/graphs.ts'

const runtime = cpuRuntime(1)
const normal = randomNormal(3)
const values = (count: number) => Array.from({ length: count }, normal)

/** y = tanh(x W₁) W₂ with x [n, 6], hidden [n, 5], y [n, 4]: smooth, and small enough to be written out. */
const [first, second] = [values(30), values(20)]
const smoothNet: Graph = {
  x: [6],
  nodes: [
    node('MatMul', ['x', 'first'], 'a'),
    node('Tanh', ['a'], 'hidden'),
    node('MatMul', ['hidden', 'second'], 'y'),
  ],
  weights: [tensor('first', 'float32', [6, 5], first), tensor('second', 'float32', [5, 4], second)],
}

const shapeOf = (inputShape: readonly number[], d: number, batch: number | null = null): NetworkShape => ({
  name: 'model.onnx',
  inputName: 'x',
  inputShape,
  batch,
  outputs: { features: 'y', logits: 'y' },
  d,
  c: 1,
})

const modelOf = (graph: Graph) => readModel(graphModel(graph), 'model.onnx')

function seeds(rows: number, d: number) {
  const matrix = zerosFloat32(rows, d)
  matrix.data.set(values(rows * d))
  return matrix
}

/** ∂⟨v, y⟩ / ∂x of the smooth network, by its formula in double precision. */
function expectedMap(x: ArrayLike<number>, v: ArrayLike<number>): number[] {
  const slopes = Array.from({ length: 5 }, (_, h) => {
    const a = Array.from({ length: 6 }, (_, i) => x[i] * first[5 * i + h]).reduce((s, t) => s + t)
    return (1 - Math.tanh(a) ** 2) * [0, 1, 2, 3].reduce((s, j) => s + second[4 * h + j] * v[j], 0)
  })
  return Array.from({ length: 6 }, (_, i) => slopes.reduce((s, slope, h) => s + slope * first[5 * i + h], 0))
}

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>) {
  const largest = Math.max(...Array.from(expected, Math.abs))
  expect(found.length).toBe(expected.length)
  for (let i = 0; i < found.length; i++) {
    expect(Math.abs(found[i] - expected[i])).toBeLessThanOrEqual(2e-6 * largest)
  }
}

/** A runtime that notes with how many seeds each run was made. */
function counting(): { runtime: Runtime; batches: number[] } {
  const batches: number[] = []
  return {
    batches,
    runtime: {
      device: runtime.device,
      async load(...given) {
        const session = await runtime.load(...given)
        return {
          run: (inputs, outputs) => {
            const seed = Object.entries(inputs).find(([name]) => name !== 'x')
            if (seed) batches.push(seed[1].dims[0])
            return session.run(inputs, outputs)
          },
          release: () => session.release(),
        }
      },
    },
  }
}

describe('memory', () => {
  // Of one input x 6, a 5, hidden 5, y 4, and 1 − y² of the tanh in two steps; of each seed itself 4, and what it
  // comes to at each node, as large as the largest of the two at its ends: 5, 5 and 6.
  const [forward, adjoint] = [4 * (20 + 10), 4 * (4 + 5 + 5 + 6)]

  test.each([1, 3, 7])('for %i maps makes as many at once, and the same to the last bit', async count => {
    const [model, asked] = [modelOf(smoothNet), seeds(7, 4)]
    const [x, shape] = [Float32Array.from(values(6)), shapeOf([6], 4)]
    const free = await SensitivityMaps.load(runtime, model, shape)
    const { runtime: counted, batches } = counting()
    const limited = await SensitivityMaps.load(counted, model, shape, {
      // Not quite enough for one more.
      memory: forward + (count + 1) * adjoint - 1,
    })
    expect([free.atOnce, limited.atOnce]).toEqual([32, count])
    expect(await limited.at(x, asked)).toEqual(await free.at(x, asked))
    const expected = Array.from({ length: Math.ceil(7 / count) }, (_, k) => Math.min(count, 7 - k * count))
    expect(batches).toEqual(expected)
    await Promise.all([free.release(), limited.release()])
  })

  test('that does not suffice for one map is refused', async () => {
    const asked = SensitivityMaps.load(runtime, modelOf(smoothNet), shapeOf([6], 4), { memory: forward + 1 })
    await expect(asked).rejects.toThrow(
      `memory: ${forward + 1} bytes, model.onnx takes ${forward + adjoint} for one map, expected that much or more`,
    )
  })
})

describe('SmoothGrad', () => {
  test('is the mean of the gradients at inputs with the same noise', async () => {
    const model = modelOf(smoothNet)
    const maps = await SensitivityMaps.load(runtime, model, shapeOf([6], 4))
    const x = Float32Array.from([0.5, -1, 0.25, 2, 0, -0.5])
    const asked = seeds(3, 4)
    const found = await smoothGrad([x], { samples: 20, noise: 0.15, seed: 8 }, ([noise]) =>
      maps.at(withNoiseOn(x, noise), asked),
    )
    const noise = randomNormal(8)
    // The range of x is 3.
    const inputs = Array.from({ length: 20 }, () => x.map(value => value + 0.45 * noise()))
    for (let k = 0; k < 3; k++) {
      const each = inputs.map(input => expectedMap(input, rowOf(asked, k)))
      const mean = each[0].map((_, i) => each.reduce((sum, map) => sum + map[i], 0) / 20)
      expectClose(rowOf(found, k), mean)
    }
    await maps.release()
  })

  test('without noise is the gradient, and another seed is another noise', async () => {
    const maps = await SensitivityMaps.load(runtime, modelOf(smoothNet), shapeOf([6], 4))
    const [x, asked] = [Float32Array.from(values(6)), seeds(2, 4)]
    const at = (noise: number, seed: number) =>
      smoothGrad([x], { samples: 3, noise, seed }, ([noise]) => maps.at(withNoiseOn(x, noise), asked))
    expectClose((await at(0, 1)).data, (await maps.at(x, asked)).data)
    expect(await at(0.1, 1)).toEqual(await at(0.1, 1))
    expect((await at(0.1, 1)).data).not.toEqual((await at(0.1, 2)).data)
    await maps.release()
  })
})

describe('a tensor inside the network', () => {
  test('has maps that lead on to those of the input, and a value', async () => {
    const [model, shape] = [modelOf(smoothNet), shapeOf([6], 4)]
    const [x, asked] = [Float32Array.from(values(6)), seeds(2, 4)]
    const hidden = await SensitivityMaps.load(runtime, model, shape, { wrt: 'hidden' })
    expect(hidden.axis.mapShape).toEqual([5])
    const maps = await hidden.at(x, asked)
    for (let k = 0; k < 2; k++) {
      const v = rowOf(asked, k)
      const expected = [0, 1, 2, 3, 4].map(h =>
        [0, 1, 2, 3].reduce((s, j) => s + second[4 * h + j] * v[j], 0),
      )
      expectClose(rowOf(maps, k), expected)
    }
    const value = await tensorValue(runtime, model, shape, [], { tensor: 'hidden', axis: hidden.axis }, x)
    const sums = [0, 1, 2, 3, 4].map(h => [...x].reduce((s, xi, i) => s + xi * first[5 * i + h], 0))
    expectClose(value, sums.map(Math.tanh))
    await hidden.release()
  })

  test('may have its batch behind another axis', async () => {
    const graph: Graph = {
      x: [2, 3],
      nodes: [
        node('Transpose', ['x'], 'turned', { perm: [1, 0, 2] }),
        node('Mul', ['turned', 'turned'], 'squares'),
        node('Transpose', ['squares'], 'back', { perm: [1, 0, 2] }),
        node('Flatten', ['back'], 'y'),
      ],
    }
    const [x, asked] = [Float32Array.from([1, 2, 3, 4, 5, 6]), seeds(3, 6)]
    const maps = await SensitivityMaps.load(runtime, modelOf(graph), shapeOf([2, 3], 6), { wrt: 'squares' })
    expect(maps.axis.mapShape).toEqual([2, 3])
    expectClose((await maps.at(x, asked)).data, asked.data)
    const place = { tensor: 'squares', axis: maps.axis }
    const value = await tensorValue(runtime, modelOf(graph), shapeOf([2, 3], 6), [], place, x)
    expect([...value]).toEqual([1, 4, 9, 16, 25, 36])
    await maps.release()
  })

  /** Squares with time in front [time, batch, 2], of sequences [time, 2] in batches of `batch`. */
  const timeFirst = (batch: number, time: number): Graph => ({
    x: [time, 2],
    batch,
    nodes: [
      node('Transpose', ['x'], 'turned', { perm: [1, 0, 2] }),
      node('Mul', ['turned', 'turned'], 'squares'),
      node('Transpose', ['squares'], 'back', { perm: [1, 0, 2] }),
      node('Flatten', ['back'], 'y'),
    ],
  })

  test.each([
    [3, 3],
    [3, 4],
    [2, 2],
  ])('of a batch of %i stands behind %i steps, whatever the sizes', async (batch, time) => {
    const [graph, shape] = [timeFirst(batch, time), shapeOf([time, 2], 2 * time, batch)]
    const asked = seeds(batch, 2 * time)
    const maps = await SensitivityMaps.load(runtime, modelOf(graph), shape, { wrt: 'squares' })
    expect(maps.axis.mapShape).toEqual([time, 2])
    expectClose((await maps.at(Float32Array.from(values(2 * time)), asked)).data, asked.data)
    await maps.release()
  })

  test.each<[string, Graph['nodes'], string]>([
    [
      'is none of its axes',
      [
        node('Reshape', ['x', 'merged'], 'rows'),
        node('Tanh', ['rows'], 'bent'),
        node('Reshape', ['bent', 'flat'], 'y'),
      ],
      'rows: [6, 2] for a batch of 3, expected one axis that is the batch’s',
    ],
    [
      'is two of its axes',
      [
        node('ReduceSum', ['x'], 'sums', { axes: [1, 2], keepdims: 0 }),
        node('Reshape', ['sums', 'columns'], 'turned'),
        node('Sub', ['sums', 'turned'], 'rows'),
        node('Mul', ['rows', 'rows'], 'y'),
      ],
      'rows: [3, 3] for a batch of 3, expected one axis that is the batch’s',
    ],
  ])('is refused where the batch %s', async (_, nodes, message) => {
    const weights = [
      tensor('merged', 'int64', [2], [6, 2]),
      tensor('flat', 'int64', [2], [3, 4]),
      tensor('columns', 'int64', [2], [3, 1]),
    ]
    const graph = { x: [2, 2], batch: 3, nodes, weights, opset: 11 }
    const shape = shapeOf([2, 2], 4, 3)
    const asked = SensitivityMaps.load(runtime, modelOf(graph), shape, { wrt: 'rows' })
    await expect(asked).rejects.toThrow(message.replace('’', "'"))
  })

  test('of a batch that is fixed is cut out of it', async () => {
    const graph = { ...smoothNet, batch: 2 }
    const [x, asked] = [Float32Array.from(values(6)), seeds(3, 4)]
    const fixed = await SensitivityMaps.load(runtime, modelOf(graph), shapeOf([6], 4, 2), { wrt: 'hidden' })
    const free = await SensitivityMaps.load(runtime, modelOf(smoothNet), shapeOf([6], 4), { wrt: 'hidden' })
    expectClose((await fixed.at(x, asked)).data, (await free.at(x, asked)).data)
    const place = { tensor: 'hidden', axis: fixed.axis }
    expect((await tensorValue(runtime, modelOf(graph), shapeOf([6], 4, 2), [], place, x)).length).toBe(5)
    await Promise.all([fixed.release(), free.release()])
  })
})
