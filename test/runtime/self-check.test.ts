import { expect, test } from 'vitest'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'
import { relativeError, selfCheck, TOLERANCE } from '../../src/runtime/self-check.ts'
import { perturbed } from './perturbed.ts'

const cpu = cpuRuntime(1)

test.each([
  ['float32', 'head softmax gradient activations picture', 1e-6],
  ['float64', 'head softmax gradient activations', 1e-14],
] as const)(
  'ONNX Runtime and this file’s own arithmetic agree in %s',
  async (precision, graphs, rounding) => {
    const checked = await selfCheck(cpu, precision)
    expect(checked.map(({ graph }) => graph).join(' ')).toBe(graphs)
    for (const { error, agrees } of checked) {
      expect(error).toBeGreaterThan(0)
      expect(error).toBeLessThan(rounding)
      expect(agrees).toBe(true)
    }
  },
)

/** The number with 10 bits behind its first, as TensorFloat-32 has them. */
function tensorFloat(x: number): number {
  const bits = new Uint32Array(Float32Array.of(x).buffer)
  bits[0] = (bits[0] + 0x1000) & 0xffffe000
  return new Float32Array(bits.buffer)[0]
}

test.each<[string, (x: number) => number]>([
  ['ten bits of precision', tensorFloat],
  ['numbers that are none', () => Number.NaN],
  ['zeros', () => 0],
  ['numbers off by a thousandth', x => 1.001 * x],
  ['infinite numbers', x => x / 0],
])('a device that answers with %s does not pass any graph', async (_, change) => {
  for (const { agrees, error } of await selfCheck(perturbed(cpu, change), 'float32')) {
    expect(agrees).toBe(false)
    expect(error).toBeGreaterThan(TOLERANCE.float32)
  }
})

test('one wrong number is enough', async () => {
  let left = 1
  const once = perturbed(cpu, x => (left-- === 1 ? x + 0.1 : x))
  expect((await selfCheck(once, 'float32')).map(({ agrees }) => agrees)).toEqual([
    false,
    true,
    true,
    true,
    true,
  ])
})

test('a graph that cannot be run is the runtime’s own error', async () => {
  const broken = { ...cpu, load: () => Promise.reject(new Error('no such kernel')) }
  await expect(selfCheck(broken, 'float32')).rejects.toThrow('no such kernel')
})

test('the relative error is one of the largest number, and infinite where no number is meant', () => {
  expect(relativeError([1, 2, 4.5], [1, 2, 4])).toBe(0.125)
  expect(relativeError([1n, 3n], [1n, 3n])).toBe(0)
  expect(relativeError([-Infinity, 1], [-Infinity, 1])).toBe(0)
  expect(relativeError([-Infinity, 1.5], [-Infinity, 1])).toBe(0.5)
  for (const [found, expected] of [
    [[1], [1, 2]],
    [[Number.NaN], [1]],
    [[1], [Number.NaN]],
    [[Infinity], [1]],
    [[1], [Infinity]],
    [[1], [0]],
  ]) {
    expect(relativeError(found, expected)).toBe(Infinity)
  }
})
