import { describe, expect, test } from 'vitest'
import { type Matrix, zeros } from '../../src/math/matrix.ts'
import { randomNormal } from '../../src/math/random.ts'
import { GraphBuilder, type Value } from '../../src/onnx/builder.ts'
import { readModel } from '../../src/onnx/model.ts'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'
import { matrixTensor, type Tensor, withSession } from '../../src/runtime/runtime.ts'

type Doubles = Matrix<Float64Array>

function normal(rows: number, cols: number, seed: number): Doubles {
  return { rows, cols, data: Float64Array.from({ length: rows * cols }, randomNormal(seed)) }
}

/** Runs a graph of two matrices a [rows, 4] and b [rows, 4]. */
async function run(
  build: (g: GraphBuilder, a: Value, b: Value) => Value,
  a: Doubles,
  b: Doubles = a,
): Promise<Tensor> {
  const g = new GraphBuilder('test')
  g.output('out', build(g, g.input('a', 'float64', ['rows', 4]), g.input('b', 'float64', ['rows', 4])))
  return withSession(cpuRuntime(1), g.build(), async session => {
    const { out } = await session.run({ a: matrixTensor(a), b: matrixTensor(b) }, ['out'])
    return out
  })
}

const a = normal(5, 4, 1)
const b = normal(5, 4, 2)
const sumOf = (values: Iterable<number>): number => [...values].reduce((x, y) => x + y, 0)

function expectClose(found: Tensor, dims: number[], expected: ArrayLike<number>): void {
  expect(found.dims).toEqual(dims)
  Array.from(found.data as Float64Array).forEach((x, i) => {
    expect(x).toBeCloseTo(expected[i], 13)
  })
}

describe('a graph that is built does what plain loops do', () => {
  test('AᵀB', async () => {
    const expected = zeros(4, 4)
    for (let i = 0; i < 5; i++)
      for (let p = 0; p < 4; p++)
        for (let q = 0; q < 4; q++) expected.data[p * 4 + q] += a.data[i * 4 + p] * b.data[i * 4 + q]
    expectClose(await run((g, a, b) => g.op('Gemm', [a, b], { transA: 1 }), a, b), [4, 4], expected.data)
  })

  test('sums over rows, columns and all', async () => {
    const columns = [0, 1, 2, 3].map(j => sumOf(a.data.filter((_, at) => at % 4 === j)))
    const rows = [0, 1, 2, 3, 4].map(i => sumOf(a.data.subarray(4 * i, 4 * i + 4)))
    expectClose(await run((g, a) => g.sum(a, 0), a), [1, 4], columns)
    expectClose(await run((g, a) => g.sum(a, 1), a), [5, 1], rows)
    expectClose(await run((g, a) => g.sum(a, 'all'), a), [], [sumOf(a.data)])
  })

  test('maxima over rows, columns and all', async () => {
    const columns = [0, 1, 2, 3].map(j => Math.max(...a.data.filter((_, at) => at % 4 === j)))
    const rows = [0, 1, 2, 3, 4].map(i => Math.max(...a.data.subarray(4 * i, 4 * i + 4)))
    expectClose(await run((g, a) => g.max(a, 0), a), [1, 4], columns)
    expectClose(await run((g, a) => g.max(a, 1), a), [5, 1], rows)
    expectClose(await run((g, a) => g.max(a, 'all'), a), [], [Math.max(...a.data)])
  })

  test('some rows', async () => {
    expectClose(await run((g, a) => g.rows(a, 1, 3), a), [2, 4], a.data.subarray(4, 12))
  })

  test('scalars in both precisions', async () => {
    expectClose(
      await run((g, a) => g.op('Mul', [a, g.scalar(0.1, 'float64')]), a),
      [5, 4],
      a.data.map(x => x * 0.1),
    )
    const single = await run((g, a) => g.op('Mul', [g.cast(a, 'float32'), g.scalar(0.1, 'float32')]), a)
    expect(single.type).toBe('float32')
    const rounded = Float32Array.from(a.data).map(x => x * Math.fround(0.1))
    expect(Array.from(single.data as Float32Array)).toEqual(Array.from(rounded))
  })

  test('casts there and back, and none where the type is that already', async () => {
    const g = new GraphBuilder('casts')
    const x = g.input('x', 'float64', [2])
    expect(g.cast(x, 'float64')).toBe(x)
    const out = await run((g, a) => g.cast(g.cast(a, 'float32'), 'float64'), a)
    expect(Array.from(out.data as Float64Array)).toEqual(Array.from(Float32Array.from(a.data)))
  })

  test('integers', async () => {
    const out = await run(g => g.integers([3, -1, 2 ** 40]), a)
    expect(out.data).toEqual(BigInt64Array.of(3n, -1n, 2n ** 40n))
  })
})

test('a graph that is built is read with the inputs and outputs it was given', () => {
  const g = new GraphBuilder('small')
  g.output('y', g.op('Relu', [g.input('x', 'float32', ['rows', 3])]))
  const model = readModel(g.build(), 'small')
  expect(model.inputs).toEqual([{ name: 'x', type: 'float32', shape: [null, 3] }])
  expect(model.outputs).toEqual([{ name: 'y', type: 'float32', shape: null }])
  expect(model.nodes.map(({ opType }) => opType)).toEqual(['Relu', 'Identity'])
  expect(model).toMatchObject({ opset: 17, producer: 'representer' })
})
