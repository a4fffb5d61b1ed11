import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { bytesOf } from '../../../src/formats/bytes.ts'
import { readNpz } from '../../../src/formats/npz.ts'
import { Gradients } from '../../../src/method/sensitivity/gradients.ts'
import type { Inputs } from '../../../src/method/sensitivity/probe.ts'
import { readModel } from '../../../src/onnx/model.ts'
import { cpuRuntime } from '../../../src/runtime/onnxruntime.node.ts'
import { graphModel, node, tensor } from '../../onnx/graphs.ts'

const root = new URL('../../onnx/fixtures/adjoint/', import.meta.url)

/** Every NAME.onnx that make.py wrote, by NAME. */
const names = readdirSync(root).flatMap(file => /^(.+)\.onnx$/.exec(file)?.[1] ?? [])

const runtime = cpuRuntime(1)

async function fixture(name: string) {
  const read = (file: string) => new Uint8Array(readFileSync(new URL(file, root)))
  const arrays = await readNpz(bytesOf(read(`${name}.npz`), `${name}.npz`))
  const array = (key: string) => {
    const found = arrays.get(key)
    if (!found) throw new Error(`${name}.npz: no ${key}`)
    return found
  }
  const [input, seed, gradient, own] = ['input', 'seed', 'gradient', 'own'].map(array)
  const model = readModel(read(`${name}.onnx`), `${name}.onnx`)
  const size = input.data.length / 3
  /** Of the examples from `first` on. */
  const inputs =
    (first: number) =>
    (batch: number): Inputs => {
      const data = input.data.slice(first * size, (first + batch) * size)
      const type = data instanceof BigInt64Array ? 'int64' : 'float32'
      return { input: { type, dims: [batch, ...input.shape.slice(1)], data: data as Float32Array } }
    }
  // A model of tokens by what their embedding gives.
  const lookup = model.nodes.find(({ opType, input }) => opType === 'Gather' && input[1] === 'input')
  const wrt = [lookup?.output[0] ?? 'input']
  const options = { target: 'output', wrt, inputs: inputs(0), fixed: null }
  return {
    model,
    options,
    inputs,
    seed: seed.data as Float32Array,
    gradient: gradient.data as Float64Array,
    own: own.data as Float64Array,
  }
}

/** max |a − b| / max |b| */
function deviation(a: ArrayLike<number>, b: Float64Array): number {
  expect(a.length).toBe(b.length)
  const largest = b.reduce((max, x) => Math.max(max, Math.abs(x)), 0)
  return b.reduce((max, x, i) => Math.max(max, Math.abs(a[i] - x)), 0) / largest
}

// Or no further off than twice what PyTorch is in single precision.
describe('gradients are those of PyTorch in double precision', () => {
  test.each(names)('%s', async name => {
    const { model, options, inputs, seed, gradient, own } = await fixture(name)
    const gradients = await Gradients.load(runtime, model, options)
    const [together] = await gradients.run(inputs(0)(3), seed, [3, 5])
    const size = gradient.length / 3
    for (let i = 0; i < 3; i++) {
      const [expected, found] = [gradient, together.data as Float32Array].map(data =>
        data.subarray(i * size, (i + 1) * size),
      )
      const error = deviation(found, expected as Float64Array)
      console.log(name, i, error.toExponential(2), own[i].toExponential(2), gradients.isFree)
      expect(error).toBeLessThan(Math.max(2e-6, 2 * own[i]))
    }
    await gradients.release()
  })
})

describe('one input with many seeds gives what each seed gives alone', () => {
  test.each(names)('%s', async name => {
    const { model, options, inputs, seed } = await fixture(name)
    const gradients = await Gradients.load(runtime, model, options)
    expect(gradients.isFree).toBe(true)
    const [many] = await gradients.run(inputs(1)(1), seed, [3, 5])
    const size = many.data.length / 3
    for (let k = 0; k < 3; k++) {
      const [one] = await gradients.run(inputs(1)(1), seed.subarray(5 * k, 5 * k + 5), [1, 5])
      const found = (many.data as Float32Array).subarray(k * size, (k + 1) * size)
      expect(deviation(found, Float64Array.from(one.data as Float32Array))).toBeLessThan(1e-6)
    }
    await gradients.release()
  })
})

test('a concatenation beside the input that a later one begins with', async () => {
  const nodes = [
    node('Relu', ['x'], 'a'),
    node('Concat', ['x', 'a'], 'xa', { axis: 1 }),
    node('Mul', ['xa', 'xa'], 'b'),
    // Not by way of `xa`, though it begins with the same.
    node('Concat', ['x', 'a', 'b'], 'y', { axis: 1 }),
  ]
  const inputs = (batch: number) => ({
    x: { type: 'float32' as const, dims: [batch, 2], data: new Float32Array(2 * batch).fill(3) },
  })
  const model = readModel(graphModel({ x: [2], nodes }), 'model.onnx')
  const options = { target: 'y', wrt: ['xa', 'x'], inputs, fixed: null }
  const gradients = await Gradients.load(runtime, model, options)
  const [ofConcat, ofInput] = await gradients.run(inputs(1), Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), [1, 8])
  expect(Array.from(ofConcat.data, Number)).toEqual([5, 6, 7, 8].map(seed => 6 * seed))
  expect(Array.from(ofInput.data, Number)).toEqual([0, 1].map(i => 1 + i + 3 + i + 6 * (5 + i + 7 + i)))
  await gradients.release()
})

test('a hidden layer, and several tensors at once', async () => {
  const { model, options, inputs, seed, gradient } = await fixture('resnet')
  const pooled = model.nodes.find(({ opType }) => opType === 'MaxPool')?.output[0] ?? ''
  const size = gradient.length / 3
  const both = await Gradients.load(runtime, model, { ...options, wrt: [pooled, 'input'] })
  const [hidden, whole] = await both.run(inputs(0)(1), seed.subarray(0, 5), [1, 5])
  expect(deviation(whole.data as Float32Array, gradient.subarray(0, size))).toBeLessThan(2e-6)
  // The rest of the way: what the input has to do with the hidden layer.
  const first = await Gradients.load(runtime, model, { ...options, target: pooled })
  const [chained] = await first.run(inputs(0)(1), hidden.data as Float32Array, hidden.dims)
  expect(deviation(chained.data as Float32Array, gradient.subarray(0, size))).toBeLessThan(2e-6)
  await Promise.all([both.release(), first.release()])
})

test('what is added up in single precision beside a way through double precision', async () => {
  const nodes = [
    node('Relu', ['x'], 'r'),
    node('Cast', ['r'], 'double', { to: 11 }),
    node('Mul', ['double', 'double'], 'square'),
    node('Cast', ['square'], 'single', { to: 1 }),
    node('Mul', ['r', 'w'], 'scaled'),
    node('Sum', ['single', 'scaled', 'r'], 'y'),
  ]
  const weights = [tensor('w', 'float32', [2], [5, 7])]
  const inputs = (batch: number) => ({
    x: { type: 'float32' as const, dims: [batch, 2], data: new Float32Array(2 * batch).fill(3) },
  })
  const model = readModel(graphModel({ x: [2], nodes, weights }), 'model.onnx')
  const gradients = await Gradients.load(runtime, model, {
    target: 'y',
    wrt: ['x', 'r'],
    inputs,
    fixed: null,
  })
  const found = await gradients.run(inputs(1), Float32Array.of(1, 10), [1, 2])
  // 2 r + w + 1
  for (const { data } of found) expect(Array.from(data, Number)).toEqual([12, 140])
  await gradients.release()
})
