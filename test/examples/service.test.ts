import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openExplainer } from '../../src/app/explainer/open.ts'
import { fit } from '../../src/app/fit/fit.ts'
import { random } from '../../src/math/random.ts'
import { saveArray } from '../app/bundle.ts'

const ROOT = join(import.meta.dirname, '../..')
const [N, SIZE] = [40, 64]

const uniform = random(11)
const pictures = Uint8Array.from({ length: N * SIZE }, () => Math.floor(256 * uniform()))
const first = pictures.subarray(0, SIZE)

let directory: string
let explainer: string
let service: ChildProcess
let url: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'representer-'))
  explainer = join(directory, 'explainer')
  await fit({
    model: join(ROOT, 'test/onnx/fixtures/conv.onnx'),
    train: await saveArray(directory, 'train', { dtype: 'uint8', shape: [N, 8, 8], data: pictures }),
    labels: await saveArray(directory, 'labels', {
      dtype: 'uint8',
      shape: [N],
      data: Uint8Array.from({ length: N }, (_, i) => i % 4),
    }),
    mean: [0.3],
    std: [0.4],
    out: explainer,
  })
  service = spawn(process.execPath, ['examples/service/service.js', explainer], {
    cwd: ROOT,
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(service.stdout as NodeJS.ReadableStream, 'data')
  url = String(line).trim()
})

afterAll(async () => {
  service.kill()
  await rm(directory, { recursive: true, force: true })
})

const ask = (body: BodyInit, type: string): Promise<Response> =>
  fetch(url, { method: 'POST', body, headers: { 'content-type': type } })

const JSON_TYPE = 'application/json'
const BYTES_TYPE = 'application/octet-stream'

test('a picture is answered with its class and with what the explainer itself says of it', async () => {
  const response = await ask(first, BYTES_TYPE)
  expect(response.status).toBe(200)
  const answer = await response.json()
  const opened = await openExplainer(explainer)
  const why = await opened.explainInput(first, { k: 5 })
  expect(answer.prediction).toBe(opened.names.prediction(why.predicted))
  expect(answer.probabilities.indexOf(Math.max(...answer.probabilities))).toBe(why.predicted)
  expect(answer.probabilities.reduce((total: number, p: number) => total + p, 0)).toBeCloseTo(1, 12)
  expect(answer.explanation.logit).toBeCloseTo(why.logit, 5)
  for (const side of ['excitatory', 'inhibitory'] as const) {
    expect(answer.explanation[side]).toHaveLength(5)
    for (const [i, { id, label, value }] of why[side].entries()) {
      expect(answer.explanation[side][i]).toEqual({ id, label, value: expect.closeTo(value, 5) })
    }
  }
  await opened.close()
})

test('numbers in JSON, flat or in rows, are the same picture', async () => {
  const expected = await (await ask(first, BYTES_TYPE)).json()
  const flat = Array.from(first)
  const rows = Array.from({ length: 8 }, (_, i) => flat.slice(8 * i, 8 * i + 8))
  for (const numbers of [flat, rows, [[rows]]]) {
    expect(await (await ask(JSON.stringify(numbers), JSON_TYPE)).json()).toEqual(expected)
  }
})

test.each<[string, BodyInit, string]>([
  ['too few bytes', first.subarray(1), BYTES_TYPE],
  ['no bytes', '', BYTES_TYPE],
  ['too few numbers', '[1,2,3]', JSON_TYPE],
  ['no JSON', '[1,2', JSON_TYPE],
  ['another document', '{"length":64}', JSON_TYPE],
  ['nothing', 'null', JSON_TYPE],
  ['text', JSON.stringify(Array(SIZE).fill('7')), JSON_TYPE],
  ['numbers that are no bytes', JSON.stringify(Array(SIZE).fill(256)), JSON_TYPE],
])('%s is a bad request that says what is expected', async (_, body, type) => {
  const response = await ask(body, type)
  expect(response.status).toBe(400)
  expect(await response.json()).toEqual({ error: 'expected 64 pixels, bytes or a JSON array of 0 to 255' })
})

test('a request that is far too large is not read', async () => {
  expect((await ask(new Uint8Array(1e6), BYTES_TYPE)).status).toBe(413)
})
