import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, expect, test, vi } from 'vitest'
import { tryDevice } from '../../src/runtime/try-device.node.ts'
import { temporaryDirectory } from '../app/bundle.ts'

/** The program that checks, as it was built last. */
const BUILT = new URL('../../dist/runtime/device-check.node.js', import.meta.url)

/** Chromium's software for machines without a graphics processor. */
const SOFTWARE = '/usr/lib/chromium/vk_swiftshader_icd.json'

afterEach(() => vi.unstubAllEnvs())

async function programOf(text: string): Promise<URL> {
  const path = join(await temporaryDirectory(), 'check.mjs')
  await writeFile(path, text)
  return pathToFileURL(path)
}

const graph = { graph: 'head', precision: 'float32', error: 1e-7, agrees: true }
const send = (message: object): string => `process.send(${JSON.stringify(message)})`

test('the processor passes the self-check in both precisions', async () => {
  const { reason, checked } = await tryDevice('cpu', { program: BUILT })
  expect(reason).toBe(null)
  expect(checked.map(({ precision }) => precision).sort()).toEqual([
    ...Array(5).fill('float32'),
    ...Array(4).fill('float64'),
  ])
})

test.each(['webgpu', 'cuda'] as const)(
  '%s is tried for real, and refused in one line or used',
  async device => {
    const { reason, checked } = await tryDevice(device, { program: BUILT })
    if (reason === null) expect(checked.length).toBe(5)
    else expect(reason).toMatch(/^[^\n]{5,200}$/)
  },
)

test.skipIf(!existsSync(SOFTWARE))('WebGPU without a graphics processor, in software', async () => {
  vi.stubEnv('VK_ICD_FILENAMES', SOFTWARE)
  const { reason, checked } = await tryDevice('webgpu', { program: BUILT })
  expect(reason).toBe(null)
  expect(checked.map(({ agrees }) => agrees)).toEqual(Array(5).fill(true))
})

test.each([
  ['aborts', 'process.abort()', 'its check was ended by SIGABRT'],
  [
    'aborts after its answer',
    `process.send(${JSON.stringify({ checked: [graph] })}, () => process.abort())`,
    'its check was ended by SIGABRT',
  ],
  ['throws', 'throw new Error("no")', 'its check was ended by exit code 1'],
  ['says nothing', '', 'its check was ended by exit code 0'],
  [
    'finds no adapter',
    send({ failure: '/long/path.cc:136 Initialize() was false. No supported adapters' }),
    'no graphics processor was found',
  ],
  [
    'is not in this build',
    send({ failure: 'no available backend found. ERR: [webgpu] backend not found.' }),
    `onnxruntime-node has no webgpu on ${process.platform} ${process.arch}`,
  ],
  ['has words of its own', send({ failure: 'device lost' }), 'device lost'],
  [
    'answers otherwise',
    send({ checked: [graph, { ...graph, graph: 'softmax', error: 0.03, agrees: false }] }),
    'its softmax is off by 3.0e-2 of the largest number in float32',
  ],
])('a device that %s cannot be used', async (_, text, reason) => {
  expect((await tryDevice('webgpu', { program: await programOf(text) })).reason).toBe(reason)
})

test('a device that hangs is given up', async () => {
  const program = await programOf('setInterval(() => {}, 1000)')
  const { reason } = await tryDevice('webgpu', { program, patience: 500 })
  expect(reason).toBe('its check did not end within 0.5 seconds')
})

test('what it is given up for is said by whoever gave it up', async () => {
  const controller = new AbortController()
  const program = await programOf('setInterval(() => {}, 1000)')
  const trying = tryDevice('webgpu', { program, signal: controller.signal })
  controller.abort(new Error('enough'))
  await expect(trying).rejects.toThrow('enough')
})
