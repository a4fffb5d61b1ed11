import { expect, test } from 'vitest'
import { GraphBuilder } from '../../src/onnx/builder.ts'
import { withFallback } from '../../src/runtime/fallback.ts'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'
import { matrixTensor, type Runtime } from '../../src/runtime/runtime.ts'
import { perturbed } from './perturbed.ts'

const cpu = cpuRuntime(1)

function doubling(): Uint8Array {
  const g = new GraphBuilder('doubling')
  const x = g.input('x', 'float32', ['rows', 2])
  g.output('twice', g.op('Add', [x, x]))
  return g.build()
}

const x = matrixTensor({ rows: 1, cols: 2, data: Float32Array.of(3, -4) })
const right = Float32Array.of(6, -8)
/** Close enough for a device, and told apart from the processor's answer. */
const nearly = Float32Array.of(6.0001, -8.0001)

/** Runs the model three times on a device, and answers what was given and said. */
async function threeRuns(device: Runtime) {
  const said: string[] = []
  const runtime = withFallback(device, cpu, reason => said.push(reason))
  expect(runtime.device).toBe('webgpu')
  const session = await runtime.load(doubling())
  const answers: Float32Array[] = []
  for (let i = 0; i < 3; i++) {
    const { twice } = await session.run({ x }, ['twice'])
    answers.push(twice.data as Float32Array)
  }
  await session.release()
  return { answers, said, device: runtime.device }
}

test('a device that agrees with the processor is used', async () => {
  const device = perturbed(cpu, x => Math.fround(x + Math.sign(x) * 1e-4))
  expect(await threeRuns(device)).toEqual({ answers: [nearly, nearly, nearly], said: [], device: 'webgpu' })
})

test.each<[string, Runtime, string]>([
  ['answers otherwise', perturbed(cpu, x => x + 1), 'its twice is off by 1.3e-1 of the largest number'],
  [
    'cannot load the model',
    { device: 'webgpu', load: () => Promise.reject(new Error('no kernel for Add\n  at more')) },
    'it cannot load the model (no kernel for Add)',
  ],
  [
    'cannot run the model',
    {
      device: 'webgpu',
      load: async () => ({
        run: () => Promise.reject(new Error('device lost')),
        release: async () => undefined,
      }),
    },
    'it cannot run the model (device lost)',
  ],
])('a device that %s is left, once, and the processor answers', async (_, device, reason) => {
  expect(await threeRuns(device)).toEqual({ answers: [right, right, right], said: [reason], device: 'cpu' })
})

test('a device that is lost on the way is left there', async () => {
  const device = perturbed(cpu, (x, run) => {
    if (run === 2) throw new Error('out of memory')
    return x
  })
  expect(await threeRuns(device)).toEqual({
    answers: [right, right, right],
    said: ['it cannot run the model (out of memory)'],
    device: 'cpu',
  })
})

test('the failure of a model that the processor refuses too is the model’s own', async () => {
  const said: string[] = []
  const runtime = withFallback(
    perturbed(cpu, x => x),
    cpu,
    reason => said.push(reason),
  )
  await expect(runtime.load(new Uint8Array(10))).rejects.toThrow(Error)
  const session = await runtime.load(doubling())
  const wide = matrixTensor({ rows: 1, cols: 3, data: new Float32Array(3) })
  await expect(session.run({ x: wide }, ['twice'])).rejects.toThrow(Error)
  await session.release()
  expect([runtime.device, said]).toEqual(['webgpu', []])
})

test('what is loaded after a device was left is loaded on the processor alone', async () => {
  let loads = 0
  const device: Runtime = {
    device: 'webgpu',
    load: () => {
      loads++
      return Promise.reject(new Error('no'))
    },
  }
  const runtime = withFallback(device, cpu, () => undefined)
  for (let i = 0; i < 3; i++) await (await runtime.load(doubling())).release()
  expect(loads).toBe(1)
})
