import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import type { Checked, DoctorAnswer } from '../../src/index.ts'
import { VERSION } from '../../src/version.ts'
import { temporaryDirectory } from '../app/bundle.ts'
import { run } from './command.ts'

const named = ({ checks }: DoctorAnswer, name: string) => checks.find(check => check.name === name) as Checked

test('doctor finds all that fit needs here, and says which devices there are', async () => {
  const { code, stdout, stderr } = await run(['doctor', '--json'])
  expect([code, stderr]).toEqual([0, ''])
  const answer: DoctorAnswer = JSON.parse(stdout)
  expect(Object.keys(answer)).toEqual('schemaVersion versions machine devices checks healthy'.split(' '))
  expect(answer.versions).toMatchObject({ representer: VERSION, node: process.versions.node })
  expect(answer.machine.memory).toBeGreaterThan(2 ** 28)
  expect(answer.healthy).toBe(true)
  expect(answer.devices.map(({ device }) => device)).toEqual(['cpu', 'webgpu', 'cuda'])
  expect(answer.devices[0]).toMatchObject({ usable: true, reason: null })
  for (const { device, usable, reason } of answer.devices.slice(1)) {
    expect(named(answer, `device ${device}`).status).toBe(usable ? 'ok' : 'warning')
    expect(usable).toBe(reason === null)
  }
  for (const { name, status, remedy } of answer.checks) {
    expect([name, status === 'ok']).toEqual([name, remedy === null])
    if (!name.startsWith('device')) expect([name, status]).toEqual([name, 'ok'])
  }
})

test('as text it has a line for each check, and leads to the next command', async () => {
  const { stdout } = await run(['doctor'], { env: { NO_COLOR: '1' } })
  expect(stdout).toMatch(new RegExp(`^representer ${VERSION} {2}Node\\.js ${process.versions.node}, `))
  expect(stdout).toMatch(/^ {2}ok {7}ONNX Runtime, float64 {2}4 graphs give what they should within /m)
  expect(stdout).toMatch(/^ {2}--device cpu .*double precision/m)
  expect(stdout).toMatch(/\nnext: representer inspect model\.onnx\n$/)
})

test.each([
  ['onnxruntime-node', ['ONNX Runtime, float32', 'ONNX Runtime, float64'], 'onnxruntime'],
  ['sharp', ['pictures'], 'sharp'],
] as const)('where %s cannot be loaded, it says so and fails', async (broken, failed, version) => {
  const hook = join(await temporaryDirectory(), 'hook.mjs')
  const resolve = `export function resolve(name, context, next) {
    if (name === '${broken}') throw new Error('cannot open its library')
    return next(name, context)
  }`
  await writeFile(
    hook,
    `import { register } from 'node:module'
    register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(resolve)}))`,
  )
  const env = { NODE_OPTIONS: `--import=${pathToFileURL(hook)}` }
  const { code, stdout } = await run(['doctor', '--json'], { env })
  const answer: DoctorAnswer = JSON.parse(stdout)
  expect([code, answer.healthy, answer.versions[version]]).toEqual([1, false, null])
  expect(answer.checks.filter(({ status }) => status === 'failed').map(({ name }) => name)).toEqual(failed)
  for (const name of failed) {
    expect(named(answer, name)).toMatchObject({
      found: expect.stringContaining('cannot open its library'),
      remedy: 'install it again: npm install representer',
    })
  }
  const text = await run(['doctor'], { env })
  expect(text.code).toBe(1)
  expect(text.stdout).toContain('fit cannot work here before what failed is put right')
})

test('telemetry that the environment asks for is a warning', async () => {
  const { code, stdout } = await run(['doctor', '--json'], { env: { ORT_DISABLE_TELEMETRY: '0' } })
  expect(code).toBe(0)
  expect(named(JSON.parse(stdout), 'telemetry')).toEqual({
    name: 'telemetry',
    status: 'warning',
    found: "the environment asks for ONNX Runtime's",
    remedy: 'unset ORT_DISABLE_TELEMETRY, or set it to 1',
  })
})

// Not even its owner can write there, which other directories need a user without rights for.
test.skipIf(!existsSync('/proc/self'))(
  'a working directory that cannot be written is a warning',
  async () => {
    const { code, stdout } = await run(['doctor', '--json'], { cwd: '/proc' })
    expect(code).toBe(0)
    expect(named(JSON.parse(stdout), 'working directory')).toMatchObject({
      status: 'warning',
      found: expect.stringMatching(/^\/proc: /),
      remedy: 'give fit a place that can be written: --out DIR',
    })
  },
)
