import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { runtimeOn } from '../../../src/runtime/onnxruntime.node.ts'
import { bound, identity, opsetsOf } from './identity.ts'
import { CASES } from './operator-cases.ts'

/** Chromium's graphics processor in software. */
const SOFTWARE = '/usr/lib/chromium/libvk_swiftshader.so'
const isThere = existsSync(SOFTWARE)

const directory = mkdtempSync(join(tmpdir(), 'webgpu-'))
const driver = { file_format_version: '1.0.0', ICD: { library_path: SOFTWARE, api_version: '1.1.0' } }
writeFileSync(join(directory, 'icd.json'), JSON.stringify(driver))
process.env.VK_ICD_FILENAMES = join(directory, 'icd.json')
process.env.XDG_RUNTIME_DIR ??= directory
afterAll(() => rmSync(directory, { recursive: true }))

/** Every kernel is compiled, in software. */
const PATIENCE_MS = 60_000

/** Cases that ONNX Runtime refuses there, and its words; a user's network is left to the processor then. */
const REFUSED: readonly (readonly [RegExp, RegExp])[] = [
  [/^MaxPool kernel_shape \[2,2,2\]/, /Only Conv2d or Conv1d are supported/],
  [/^Einsum .*\.\.\./, /running Einsum node/],
]

/** Cases that it computes wrongly from the network on; a user's network that has them is left to the processor. */
const WRONG = /^Reduce(L2|LogSum) axes \[\]/

describe.skipIf(!isThere)(
  `⟨u, Jv⟩ = ⟨Jᵀu, v⟩ on WebGPU${isThere ? '' : `, skipped: no ${SOFTWARE} (chromium-common)`} for`,
  () => {
    const runtime = runtimeOn('webgpu')
    const cases = CASES.map(of => [of.name, of] as const)
    test.each(cases)('%s', { timeout: PATIENCE_MS }, async (name, of) => {
      const opset = opsetsOf(of).findLast(opset => opset <= 18) ?? 21
      const refused = REFUSED.find(([cases]) => cases.test(name))
      if (refused) return expect(identity(of, opset, runtime)).rejects.toThrow(refused[1])
      const { error, scale } = await identity(of, opset, runtime)
      if (WRONG.test(name)) return expect(error).toBeGreaterThan(bound(of))
      expect(error).toBeLessThan(bound(of))
      expect(scale).toBeGreaterThan(0)
    })
  },
)
