import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { bytesOf } from '../../src/formats/bytes.ts'
import { readNpy } from '../../src/formats/npy.ts'
import { random } from '../../src/math/random.ts'
import { relativeError } from '../../src/runtime/self-check.ts'
import { saveArray, temporaryDirectory } from '../app/bundle.ts'
import { run } from './command.ts'

const MODEL = join(import.meta.dirname, '../onnx/fixtures/conv.onnx')

/** Chromium's software for machines without a graphics processor. */
const SOFTWARE = '/usr/lib/chromium/vk_swiftshader_icd.json'

let directory: string
let train: string

beforeEach(async () => {
  directory = await temporaryDirectory()
  const uniform = random(7)
  const data = Float32Array.from({ length: 300 * 64 }, uniform)
  train = await saveArray(directory, 'train', { dtype: 'float32', shape: [300, 8, 8], data })
})

/** A fit on a device, with the features that it gave. */
async function fitOn(device: string, env: Record<string, string> = {}) {
  const out = join(directory, device)
  const args = ['fit', '--model', MODEL, '--train', train, '--out', out, '--device', device, '--json']
  const { code, stdout, stderr } = await run(args, { env })
  expect(code).toBe(0)
  const manifest = JSON.parse(await readFile(join(out, 'explainer.json'), 'utf8'))
  const file = bytesOf(await readFile(join(out, 'train/features.npy')), 'features.npy')
  const { data } = await readNpy(file)
  return { answer: JSON.parse(stdout), stderr, manifest, features: data as Float32Array }
}

test.each(['webgpu', 'cuda'])('on %s the fit is the CPU’s, made there or said why not', async device => {
  const cpu = await fitOn('cpu')
  expect([cpu.answer.device, cpu.manifest.device]).toEqual(['cpu', 'cpu'])
  expect(cpu.answer.warnings).toEqual([])
  const { answer, stderr, manifest, features } = await fitOn(device)
  expect(relativeError(features, cpu.features)).toBeLessThan(1e-5)
  expect(manifest.device).toBe(answer.device)
  if (answer.device === device) {
    expect(answer.warnings).toEqual([])
    return
  }
  const [warning] = answer.warnings
  expect([answer.device, answer.warnings.length]).toEqual(['cpu', 1])
  expect(warning).toMatch(new RegExp(`^device ${device}: [^\\n]{5,200}; the CPU runs the network$`))
  expect(stderr).toContain(`warning: ${warning}\n`)
  expect(features).toEqual(cpu.features)
})

test.skipIf(!existsSync(SOFTWARE))(
  'WebGPU in software runs the network, within rounding of the CPU',
  async () => {
    const cpu = await fitOn('cpu')
    const { answer, manifest, features } = await fitOn('webgpu', { VK_ICD_FILENAMES: SOFTWARE })
    expect([answer.device, manifest.device, answer.warnings]).toEqual(['webgpu', 'webgpu', []])
    const error = relativeError(features, cpu.features)
    expect(error).toBeGreaterThan(0)
    expect(error).toBeLessThan(1e-5)
  },
)
