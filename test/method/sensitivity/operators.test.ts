import { describe, expect, test } from 'vitest'
import { random } from '../../../src/math/random.ts'
import { Gradients } from '../../../src/method/sensitivity/gradients.ts'
import { readModel } from '../../../src/onnx/model.ts'
import { cpuRuntime } from '../../../src/runtime/onnxruntime.node.ts'
import { withSession } from '../../../src/runtime/runtime.ts'
import { graphModel, node } from '../../onnx/graphs.ts'
import { type Case, graphOf, OPSETS } from './case.ts'
import { CASES } from './operator-cases.ts'

const runtime = cpuRuntime(1)
const BATCH = 2

const count = (sizes: readonly number[]): number => sizes.reduce((product, size) => product * size, 1)
const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, x, i) => sum + x * b[i], 0)
const norm = (a: ArrayLike<number>): number => Math.sqrt(dot(a, a))

/** What a graph gives, and its gradients. */
async function opened(of: Case, opset: number) {
  const bytes = graphModel({ ...graphOf(of, opset), x: of.x, opset })
  const input = (x: Float32Array) => ({
    x: { type: 'float32' as const, dims: [x.length / count(of.x), ...of.x], data: x },
  })
  const forward = (x: Float32Array) =>
    withSession(runtime, bytes, async session => (await session.run(input(x), ['y'])).y)
  const gradients = await Gradients.load(runtime, readModel(bytes, 'model.onnx'), {
    target: 'y',
    wrt: ['x'],
    inputs: batch => input(drawn(of, batch, 5).x),
    fixed: null,
  })
  return { forward, gradients, input }
}

/** An input, and a direction, in steps that single precision takes without rounding where the operator does. */
function drawn({ x, positive = false }: Case, batch: number, seed: number) {
  const uniform = random(seed)
  const size = batch * count(x)
  // No two numbers of an input are nearer than a step along any direction goes, unless they are to be equal.
  const order = Float64Array.from({ length: size }, uniform)
  const rank = Array.from(order.keys()).sort((a, b) => order[a] - order[b])
  const values = new Float32Array(size)
  for (const [place, at] of rank.entries()) {
    const spread = (place + 0.5) / size - (positive ? 0 : 0.5)
    values[at] = Math.round(spread * 4096) / 1024 + (positive ? 0.25 : 0)
  }
  const direction = Float32Array.from({ length: size }, () => Math.round(uniform() * 16 - 8) / 8)
  return { x: values, direction }
}

/** ⟨u, Jv⟩ by central differences, of outputs in single precision summed in double, against ⟨Jᵀu, v⟩. */
async function identity(
  of: Case,
  opset: number,
): Promise<{ differences: number; adjoint: number; scale: number }> {
  const { forward, gradients, input } = await opened(of, opset)
  const { x, direction } = drawn(of, BATCH, 7)
  const step = of.step ?? 2 ** -12
  const moved = (by: number) => forward(x.map((value, i) => value + by * direction[i]))
  const [ahead, behind] = [await moved(step), await moved(-step)]
  const uniform = random(11)
  const u = Float32Array.from(
    { length: ahead.data.length },
    () => Math.round(uniform() * 16 - 8) / 8 + 1 / 16,
  )
  const differences = dot(
    u,
    Array.from(ahead.data as Float32Array, (y, i) => (y - Number(behind.data[i])) / (2 * step)),
  )
  const [gradient] = await gradients.run(input(x), u, ahead.dims)
  expect(gradient.dims).toEqual([BATCH, ...of.x])
  await gradients.release()
  const data = gradient.data as Float32Array
  return { differences, adjoint: dot(data, direction), scale: norm(data) * norm(direction) }
}

describe('⟨u, Jv⟩ = ⟨Jᵀu, v⟩ for', () => {
  for (const of of CASES) {
    const opsets = OPSETS.filter(opset => opset >= (of.from ?? 11) && opset <= (of.to ?? 21))
    test.each(opsets)(`${of.name}, operator set %i`, async opset => {
      const { differences, adjoint, scale } = await identity(of, opset)
      const error = Math.abs(differences - adjoint) / Math.max(scale, 1e-3)
      expect(error).toBeLessThan(of.exact ? 2e-6 : 1e-3)
      expect(scale).toBeGreaterThan(0)
    })
  }
})

describe('one input with many seeds gives what each seed gives alone, for', () => {
  test.each(CASES.map(of => [of.name, of] as const))('%s', async (_, of) => {
    const opset = of.to ?? 17
    const { forward, gradients, input } = await opened(of, Math.max(opset, of.from ?? 11))
    const { x } = drawn(of, 1, 7)
    const y = await forward(x)
    expect(gradients.isFree).toBe(true)
    const uniform = random(3)
    const seeds = Float32Array.from({ length: 3 * y.data.length }, () => uniform() - 0.5)
    const [many] = await gradients.run(
      input(x),
      seeds,
      gradients.targetSizes.map(size => size ?? 3),
    )
    expect(many.dims).toEqual([3, ...of.x])
    for (let k = 0; k < 3; k++) {
      const part = (data: Float32Array, size: number) => data.subarray(k * size, (k + 1) * size)
      const [one] = await gradients.run(input(x), part(seeds, y.data.length), y.dims)
      const [found, alone] = [part(many.data as Float32Array, x.length), one.data as Float32Array]
      const off = norm(found.map((value, i) => value - alone[i]))
      expect(off).toBeLessThanOrEqual(2e-6 * norm(alone))
    }
    await gradients.release()
  })
})

describe('where several numbers are the largest', () => {
  const tied = async (opType: string, attributes: Parameters<typeof node>[3]) => {
    const bytes = graphModel({ nodes: [node(opType, ['x'], 'y', attributes)], x: [2, 4, 4] })
    const inputs = (batch: number) => ({
      x: { type: 'float32' as const, dims: [batch, 2, 4, 4], data: new Float32Array(32 * batch).fill(3) },
    })
    const options = { target: 'y', wrt: ['x'], inputs, fixed: null }
    const gradients = await Gradients.load(runtime, readModel(bytes, 'model.onnx'), options)
    const dims = gradients.targetSizes.map(size => size ?? 1)
    const seed = Float32Array.from({ length: count(dims) }, (_, i) => i + 1)
    const [gradient] = await gradients.run(inputs(1), seed, dims)
    await gradients.release()
    return { seed, gradient: gradient.data as Float32Array }
  }

  test('a pooling passes the gradient to the first of them', async () => {
    const { gradient } = await tied('MaxPool', { kernel_shape: [2, 2], strides: [2, 2] })
    expect(Array.from(gradient.subarray(0, 16))).toEqual([1, 0, 2, 0, 0, 0, 0, 0, 3, 0, 4, 0, 0, 0, 0, 0])
  })

  test.each(['GlobalMaxPool', 'ReduceMax', 'ReduceMin'])('%s shares it among them', async opType => {
    const { seed, gradient } = await tied(opType, {})
    const parts = gradient.length / seed.length
    expect(Array.from(gradient)).toEqual(Array.from(gradient, (_, i) => seed[Math.floor(i / parts)] / parts))
  })
})
