import { describe, expect, test } from 'vitest'
import { GraphBuilder } from '../../src/onnx/builder.ts'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'
import { matrixTensor, type Runtime, type Session, withSession } from '../../src/runtime/runtime.ts'

/** One suite for every implementation. */
const runtimes: [name: string, runtime: Runtime][] = [
  ['onnxruntime-node on the processor', cpuRuntime()],
  ['onnxruntime-node on one thread', cpuRuntime(1)],
]

function doubling(): Uint8Array {
  const g = new GraphBuilder('doubling')
  const x = g.input('x', 'float64', ['rows', 2])
  g.output('twice', g.op('Add', [x, x]))
  g.output('square', g.op('Mul', [x, x]))
  return g.build()
}

describe.each(runtimes)('%s', (_, runtime) => {
  test('gives the outputs asked for, with type and sizes', async () => {
    const x = matrixTensor({ rows: 2, cols: 2, data: Float64Array.of(1, -2, 3, 0.1) })
    const session = await runtime.load(doubling())
    expect(await session.run({ x }, ['twice'])).toEqual({
      twice: { type: 'float64', dims: [2, 2], data: Float64Array.of(2, -4, 6, 0.2) },
    })
    const both = await session.run({ x }, ['square', 'twice'])
    expect(Object.keys(both)).toEqual(['square', 'twice'])
    expect(both.square.data).toEqual(Float64Array.of(1, 4, 9, 0.1 * 0.1))
    await session.release()
  })

  test('reads a part of an array as that part', async () => {
    const whole = Float64Array.of(9, 9, 1, 2, 9)
    const x = matrixTensor({ rows: 1, cols: 2, data: whole.subarray(2, 4) })
    await withSession(runtime, doubling(), async session => {
      expect((await session.run({ x }, ['twice'])).twice.data).toEqual(Float64Array.of(2, 4))
    })
  })

  test('runs no rows at all', async () => {
    const x = matrixTensor({ rows: 0, cols: 2, data: new Float64Array(0) })
    await withSession(runtime, doubling(), async session => {
      expect((await session.run({ x }, ['twice'])).twice).toMatchObject({
        dims: [0, 2],
        data: new Float64Array(0),
      })
    })
  })

  test('refuses bytes that are no model, and inputs that the model does not take', async () => {
    await expect(runtime.load(new Uint8Array(10))).rejects.toThrow(Error)
    await withSession(runtime, doubling(), async session => {
      const x = matrixTensor({ rows: 1, cols: 3, data: new Float64Array(3) })
      await expect(session.run({ x }, ['twice'])).rejects.toThrow(Error)
    })
  })
})

test('a session is released whatever happens to it', async () => {
  let released = 0
  const session: Session = { run: async () => ({}), release: async () => void released++ }
  const runtime: Runtime = { device: 'cpu', load: async () => session }
  expect(await withSession(runtime, new Uint8Array(0), async () => 5)).toBe(5)
  expect(released).toBe(1)
  const failing = withSession(runtime, new Uint8Array(0), () => Promise.reject(new Error('no')))
  await expect(failing).rejects.toThrow('no')
  expect(released).toBe(2)
})

test('a matrix is a tensor of its own numbers, not of a copy', () => {
  for (const data of [new Float32Array(6), new Float64Array(6)]) {
    const tensor = matrixTensor({ rows: 2, cols: 3, data })
    expect(tensor.data).toBe(data)
    expect(tensor).toMatchObject({ dims: [2, 3], type: data instanceof Float32Array ? 'float32' : 'float64' })
  }
})

test('ONNX Runtime is told to send nothing about its use', async () => {
  const session = await cpuRuntime().load(doubling())
  await session.release()
  expect(process.env.ORT_DISABLE_TELEMETRY).toBe('1')
})
