import { expect } from 'vitest'
import { random } from '../../../src/math/random.ts'
import { Gradients } from '../../../src/method/sensitivity/gradients.ts'
import { readModel } from '../../../src/onnx/model.ts'
import { cpuRuntime } from '../../../src/runtime/onnxruntime.node.ts'
import { type Runtime, withSession } from '../../../src/runtime/runtime.ts'
import { graphModel } from '../../onnx/graphs.ts'
import { type Case, graphOf, OPSETS } from './case.ts'

const cpu = cpuRuntime(1)
const BATCH = 2

export const count = (sizes: readonly number[]): number => sizes.reduce((product, size) => product * size, 1)
const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, x, i) => sum + x * b[i], 0)
export const norm = (a: ArrayLike<number>): number => Math.sqrt(dot(a, a))

/** What a graph gives on the processor, and its gradients on a device. */
export async function opened(of: Case, opset: number, runtime: Runtime = cpu) {
  const bytes = graphModel({ ...graphOf(of, opset), x: of.x, opset })
  const input = (x: Float32Array) => ({
    x: { type: 'float32' as const, dims: [x.length / count(of.x), ...of.x], data: x },
  })
  const forward = (x: Float32Array) =>
    withSession(cpu, bytes, async session => (await session.run(input(x), ['y'])).y)
  const gradients = await Gradients.load(runtime, readModel(bytes, 'model.onnx'), {
    target: 'y',
    wrt: ['x'],
    inputs: batch => input(drawn(of, batch, 5).x),
    fixed: null,
  })
  return { forward, gradients, input }
}

/** An input, and a direction, in steps that single precision takes without rounding where the operator does. */
export function drawn({ x, positive = false }: Case, batch: number, seed: number) {
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
export async function identity(
  of: Case,
  opset: number,
  runtime: Runtime = cpu,
): Promise<{ error: number; scale: number }> {
  const { forward, gradients, input } = await opened(of, opset, runtime)
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
  const scale = norm(data) * norm(direction)
  return { error: Math.abs(differences - dot(data, direction)) / Math.max(scale, 1e-3), scale }
}

/** How far off the two sides may be. */
export const bound = ({ exact = false }: Case): number => (exact ? 2e-6 : 1e-3)

/** The operator sets that a case is looked at in. */
export const opsetsOf = ({ from = 11, to = 21 }: Case): number[] =>
  OPSETS.filter(opset => opset >= from && opset <= to)
