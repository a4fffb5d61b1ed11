import { describe, expect, test } from 'vitest'
import { checkLayers } from '../../src/method/network/layer-shapes.ts'
import { exposeTensors } from '../../src/onnx/expose.ts'
import { findLayers } from '../../src/onnx/layers.ts'
import { readModel } from '../../src/onnx/model.ts'
import type { ReadExternal } from '../../src/onnx/tensor.ts'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'
import { type Graph, graphModel, node, tensor } from '../onnx/graphs.ts'
import { hookedValues, layeredModel, layeredNames, moduleOf } from '../onnx/layer-fixtures.ts'

const nothing: ReadExternal = async () => new Uint8Array(0)
const runtime = cpuRuntime(1)

const checked = async (graph: Graph) => {
  const model = readModel(graphModel(graph), 'm.onnx')
  return checkLayers(runtime, model, [], await findLayers(model, nothing))
}

describe.each(layeredNames)('the layers of %s', name => {
  test('that are over several positions are refused with their sizes, the others kept', async () => {
    const model = layeredModel(name)
    const { layers, refused, notVerified } = await checkLayers(
      runtime,
      model,
      [],
      await findLayers(model, nothing),
    )
    expect(notVerified).toBe(null)
    const values = await hookedValues(name)
    const modules = [...values.keys()].flatMap(key => (key.endsWith('.features') ? [key.split('.')[0]] : []))
    for (const module of modules) {
      const { shape } = values.get(`${module}.features`) ?? { shape: [] }
      const isVector = shape.filter((size, axis) => axis === 0 || size !== 1).length === 2
      expect(layers.some(({ layer }) => moduleOf(layer) === module)).toBe(isVector)
      const refusal = refused.find(({ layer }) => moduleOf(layer) === module)
      if (isVector) expect(refusal).toBe(undefined)
      else {
        expect(refusal?.reason).toMatch(
          refusal?.reason.startsWith('its kernel')
            ? /^its kernel is (3×3|4×4), expected 1×1/
            : `it works over positions or tokens, expected one vector an example, got [n, ${shape.slice(1).join(', ')}]`,
        )
      }
    }
    // What else is refused multiplies what is computed, as attention does.
    const others = refused.filter(({ layer }) => !modules.includes(moduleOf(layer)))
    for (const { op, reason } of others)
      expect(`${op}: ${reason}`).toMatch(/^MatMul: its weight is computed by /)
  })

  test('are given, and give, what PyTorch’s hooks saw', async () => {
    const model = layeredModel(name)
    const { layers } = await checkLayers(runtime, model, [], await findLayers(model, nothing))
    const values = await hookedValues(name)
    const bytes = exposeTensors(
      model,
      Object.fromEntries(
        layers.flatMap(({ layer, features, logits, form }) => [
          [`${moduleOf(layer)}.features`, { tensor: features, form }],
          [`${moduleOf(layer)}.logits`, { tensor: logits, form }],
        ]),
      ),
    )
    const { shape = [], data } = values.get('input') ?? {}
    const session = await runtime.load(bytes)
    const names = layers.flatMap(({ layer }) =>
      ['features', 'logits'].map(what => `${moduleOf(layer)}.${what}`),
    )
    const answer = await session.run(
      { input: { type: 'float32', dims: shape, data: data as Float32Array } },
      names,
    )
    await session.release()
    for (const output of names) {
      const [found, wanted] = [answer[output].data as Float32Array, values.get(output)?.data as Float32Array]
      expect(found).toHaveLength(wanted.length)
      found.forEach((x, i) => {
        expect(x).toBeCloseTo(wanted[i], 5)
      })
    }
  })
})

const w = tensor('w', 'float32', [3, 2], [1, -2, 0.5, 4, -3, 0.25])
const v = tensor('v', 'float32', [2, 2], [1, 2, 3, 4])
const ints = (name: string, values: number[]) => tensor(name, 'int64', [values.length], values)

describe('layers whose sizes only running shows', () => {
  const tokens = 'it works over positions or tokens, expected one vector an example, got'

  test('are refused where tokens are put among the examples, and the layer behind them is not', async () => {
    const { layers, refused } = await checked({
      x: [4, 3],
      nodes: [
        node('Reshape', ['x', 'rows'], 'f'),
        node('Gemm', ['f', 'w'], 'h'),
        node('Reshape', ['h', 'back'], 'i'),
        node('ReduceMean', ['i'], 'j', { axes: [1], keepdims: 0 }),
        node('Gemm', ['j', 'v'], 'k'),
        node('Relu', ['k'], 'y'),
      ],
      weights: [w, v, ints('rows', [-1, 3]), ints('back', [-1, 4, 2])],
    })
    expect(refused).toEqual([{ layer: '/h', op: 'Gemm', reason: `${tokens} [12, 3]` }])
    expect(layers.map(({ layer }) => layer)).toEqual(['/k'])
  })

  test('are refused where they are given one vector for all examples', async () => {
    const { refused } = await checked({
      nodes: [
        node('ReduceMean', ['x'], 'f', { axes: [0] }),
        node('Gemm', ['f', 'w'], 'h'),
        node('Relu', ['h'], 'y'),
      ],
      weights: [w],
    })
    expect(refused).toMatchObject([
      { layer: '/h', reason: 'it works across examples, expected one vector an example, got [1, 3]' },
    ])
  })

  test('are refused where a 1×1 convolution is given a map', async () => {
    const kernel = tensor('k', 'float32', [2, 1, 1, 1], [1, 2])
    const { layers, refused } = await checked({
      x: [1, 4, 5],
      nodes: [
        node('Relu', ['x'], 'f'),
        node('Conv', ['f', 'k'], 'h'),
        node('Relu', ['h'], 'i'),
        node('GlobalAveragePool', ['i'], 'j'),
        node('Conv', ['j', 'l'], 'p'),
        node('Relu', ['p'], 'y'),
      ],
      weights: [kernel, tensor('l', 'float32', [2, 2, 1, 1], [1, 2, 3, 4])],
    })
    expect(refused).toEqual([{ layer: '/h', op: 'Conv', reason: `${tokens} [n, 1, 4, 5]` }])
    expect(layers.map(({ layer, form }) => [layer, form])).toEqual([['/p', 'flat']])
  })

  test('are refused where a bias makes several vectors of one', async () => {
    const { refused } = await checked({
      nodes: [node('MatMul', ['x', 'w'], 'h'), node('Add', ['h', 'b'], 'i'), node('Relu', ['i'], 'y')],
      weights: [w, tensor('b', 'float32', [2, 1, 1], [10, -20])],
    })
    expect(refused).toMatchObject([{ layer: '/h', reason: `${tokens} [2, 3, 2]` }])
  })

  test('are kept with one token an example, in any axis, and with a fixed batch', async () => {
    const nodes = [
      node('Transpose', ['x'], 'f', { perm: [1, 0, 2] }),
      node('MatMul', ['f', 'w'], 'h'),
      node('Relu', ['h'], 'y'),
    ]
    for (const batch of [undefined, 4, 1]) {
      const { layers, notVerified } = await checked({
        x: [1, 3],
        nodes,
        weights: [w],
        ...(batch && { batch }),
      })
      expect(notVerified).toBe(null)
      expect(layers.map(({ layer }) => layer)).toEqual(['/h'])
    }
  })

  test('are exposed under names that no tensor has', async () => {
    const nodes = [
      node('MatMul', ['x', 'w'], 'sizes/0'),
      node('Relu', ['sizes/0'], 'sizes//'),
      node('MatMul', ['sizes//', 'v'], 'y'),
    ]
    const { layers, notVerified } = await checked({ nodes, weights: [w, v] })
    expect(notVerified).toBe(null)
    expect(layers).toHaveLength(2)
  })
})

describe('where the model cannot be run without data', () => {
  const nodes = [node('Relu', ['x'], 'f'), node('MatMul', ['f', 'w'], 'h'), node('Relu', ['h'], 'y')]
  const open = (shapes: NonNullable<Graph['shapes']>) =>
    checked({ x: [null, 3], nodes, weights: [w], shapes })

  test('layers are as the file says, and not verified', async () => {
    const { layers, notVerified } = await open({ f: [null, 3] })
    expect(layers.map(({ layer }) => layer)).toEqual(['/h'])
    expect(notVerified).toBe('m.onnx: the sizes of input x are open, expected fixed ones')
  })

  test('two open axes are taken for examples and tokens', async () => {
    const { layers, refused } = await open({ f: [null, null, 3] })
    expect(layers).toEqual([])
    expect(refused[0].reason).toBe(
      'it works over positions or tokens, expected one vector an example, got [n, n, 3]',
    )
  })

  test('nothing is said where there is nothing to verify', async () => {
    const none = [node('NoSuchOperator', ['x'], 'y')]
    expect(await checked({ nodes: none })).toEqual({ layers: [], refused: [], notVerified: null })
  })

  test('the runtime’s own words say why', async () => {
    const { layers, notVerified } = await checked({
      nodes: [node('NoSuchOperator', ['x'], 'f'), node('MatMul', ['f', 'w'], 'h'), node('Relu', ['h'], 'y')],
      weights: [w],
    })
    expect(notVerified).toMatch(/^m\.onnx: ONNX Runtime cannot run it: .*NoSuchOperator[^\n]*$/)
    expect(layers.map(({ layer }) => layer)).toEqual(['/h'])
  })

  test('nothing is allocated for an input of more numbers than there can be', async () => {
    const { notVerified } = await checked({ x: [2 ** 40], nodes, weights: [w] })
    expect(notVerified).toBe(`m.onnx: an input of ${2 ** 40} numbers, too many to try it with random ones`)
  })
})
