import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { expect, onTestFinished, test, vi } from 'vitest'
import { Explainer } from '../../src/app/explainer/explainer.ts'
import { sensitivity } from '../../src/app/sensitivity/sensitivity.ts'
import { decodeImageBytes } from '../../src/formats/images.node.ts'
import type { Desk } from '../../src/server/answers.ts'
import { Hosts } from '../../src/server/guard/hosts.ts'
import { ORIGIN, PROGRAM, served } from './served.ts'
import { servedPictures } from './served-pictures.ts'

interface Drawn {
  readonly src: string
}

const pixelsOf = async ({ src }: Drawn) =>
  (await decodeImageBytes(new Uint8Array(Buffer.from(src.split(',')[1], 'base64')), 'map')).data

test('maps are those of the command line, over the picture', async () => {
  const { post, out, info, bugs } = await servedPictures()
  expect(info.maps).toBe(true)
  const question = { example: { split: 'test', row: 7 }, k: 2, output: 1 }
  const response = await post('/api/v1/sensitivity', question)
  const answer = await response.json()
  expect([response.status, bugs]).toEqual([200, []])
  const maps = join(out, '..', 'maps')
  const told = await sensitivity({ directory: out, input: 'test/7', out: maps, k: 2, output: 1 })
  const shares = ({ row, share }: { row: number; share: number | null }) => [row, share]
  expect(answer.parts.map(shares)).toEqual(told.parts.map(shares))
  expect([answer.scale, answer.difference, answer.given.cosine]).toEqual([
    told.scale,
    told.difference,
    told.given?.cosine,
  ])
  // The file has 28 pixels along an edge for each of the answer's.
  for (const [name, picture] of [
    ['map', answer.whole.picture],
    ['part-01', answer.parts[1].picture],
    ['rest', answer.rest.picture],
  ]) {
    expect(picture).toMatchObject({ width: 8, height: 8 })
    const small = await pixelsOf(picture)
    const large = await decodeImageBytes(new Uint8Array(await readFile(join(maps, `${name}.png`))), name)
    expect([large.width, large.height]).toEqual([224, 224])
    for (let y = 0; y < 8; y++) {
      for (let x = 0; x < 8; x++) {
        const at = 3 * (28 * y * 224 + 28 * x)
        expect(large.data.subarray(at, at + 3)).toEqual(small.subarray(3 * (8 * y + x), 3 * (8 * y + x) + 3))
      }
    }
  }
})

test('a picture of the user has the maps of the stored one that it is', async () => {
  const { app, ask, post } = await servedPictures()
  const png = new Uint8Array(await (await ask('/api/v1/pictures/test/4')).arrayBuffer())
  const headers = { ...PROGRAM, 'content-type': 'image/png', 'content-length': String(png.length) }
  const address = `${ORIGIN}/api/v1/sensitivity/picture?k=1&contrast=2&contrast=0`
  const sent = await (await app.request(address, { method: 'POST', body: png, headers })).json()
  const question = { example: { split: 'test', row: 4 }, k: 1, contrast: [2, 0] }
  expect(sent).toEqual(await (await post('/api/v1/sensitivity', question)).json())
  expect(sent).toMatchObject({ output: 2, contrast: 0 })
  const timed = await app.request(`${address}&timesInput=true`, { method: 'POST', body: png, headers })
  const asked = { ...question, timesInput: true }
  expect(await timed.json()).toEqual(await (await post('/api/v1/sensitivity', asked)).json())
})

test('questions at once are answered one after another, each as if it were alone', async () => {
  const { post } = await servedPictures()
  const ask = async (row: number, method: string) =>
    (
      await post('/api/v1/sensitivity', { example: { split: 'test', row }, k: 1, method, samples: undefined })
    ).json()
  const asked: [number, string][] = [3, 4, 5, 3].map((row, i) => [row, i % 2 ? 'smoothgrad' : 'gradient'])
  const together = await Promise.all(asked.map(([row, method]) => ask(row, method)))
  for (const [i, [row, method]] of asked.entries()) expect(together[i]).toEqual(await ask(row, method))
})

test('more questions at once than there is room for are refused, and explanations are not', async () => {
  const { post } = await servedPictures()
  const ask = () => post('/api/v1/sensitivity', { example: { split: 'test', row: 3 } })
  const responses = Promise.all(Array.from({ length: 20 }, ask))
  const explained = await post('/api/v1/explain', { example: { split: 'test', row: 3 } })
  expect(explained.status).toBe(200)
  const statuses = (await responses).map(({ status }) => status)
  expect(statuses.filter(status => status === 200)).toHaveLength(8)
  expect(statuses.filter(status => status === 503)).toHaveLength(12)
  expect((await ask()).status).toBe(200)
})

test.each<[object, number, string]>([
  [{ example: { split: 'test', row: 30 } }, 404, 'example not found: test/30, expected 0 to 29'],
  [{ example: { split: 'test', row: 1 }, k: 51 }, 400, 'body.k: expected at most 50'],
  [
    { example: { split: 'test', row: 1 }, samples: 3, method: 'gradient' },
    400,
    'samples with method gradient',
  ],
  [{}, 400, 'body.example: '],
])('%j is refused', async (question, status, sentence) => {
  const { post, bugs } = await servedPictures()
  const response = await post('/api/v1/sensitivity', question)
  expect(response.status).toBe(status)
  expect((await response.json()).detail).toContain(sentence)
  expect(bugs).toEqual([])
})

test('without a network there are none', async () => {
  const { ask, post } = await served()
  expect((await (await ask('/api/v1/explainer')).json()).maps).toBe(false)
  const response = await post('/api/v1/sensitivity', { example: { split: 'test', row: 1 } })
  expect(response.status).toBe(404)
  expect((await response.json()).detail).toContain('no network in it')
})

test('no files outside of the folders that are shown are read for them', async () => {
  const { post } = await servedPictures(['/nowhere-at-all', '/usr/share'])
  const response = await post('/api/v1/sensitivity', { example: { split: 'test', row: 1 } })
  expect([404, 422]).toContain(response.status)
  expect((await response.json()).detail).toMatch(/nowhere-at-all|outside of/)
})

test('what nobody waits for any more is not drawn', async () => {
  const { app, desk } = await servedPictures()
  const leaving = new AbortController()
  const ask = desk.ask.bind(desk) as (verb: string, ...asked: unknown[]) => Promise<string>
  vi.spyOn(desk, 'ask').mockImplementation((verb: string, ...asked: unknown[]) => {
    const answer = ask(verb, ...asked)
    // As soon as it stands in the queue.
    if (verb === 'sensitivity' && JSON.stringify(asked).includes('"row":4')) leaving.abort()
    return answer
  })
  const drawn = vi.spyOn(Explainer.prototype, 'explainStored')
  onTestFinished(() => drawn.mockRestore())
  const answers = [3, 4, 5].map(row => {
    const body = JSON.stringify({ example: { split: 'test', row }, k: 1 })
    const headers = { ...PROGRAM, 'content-type': 'application/json', 'content-length': String(body.length) }
    const signal = row === 4 ? { signal: leaving.signal } : {}
    return app.request(`${ORIGIN}/api/v1/sensitivity`, { method: 'POST', body, headers, ...signal })
  })
  const [first, left, last] = await Promise.all(answers)
  expect([first.status, last.status]).toEqual([200, 200])
  expect((await left.json()).detail).toBe(
    'maps: whoever asked for them left before they were drawn, ask again',
  )
  expect(drawn.mock.calls.map(([, row]) => row)).toEqual([3, 5])
})

test('whoever closes the connection has left', async () => {
  const verbs: string[] = []
  let abandon: (ready: string) => void = () => undefined
  const abandoned = new Promise<string>(resolve => {
    abandon = resolve
  })
  const waiting = (desk: Desk): Desk => ({
    close: () => desk.close(),
    ask(verb, ...asked) {
      verbs.push(verb)
      if (verb === 'abandonMaps') abandon('{}')
      return verb === 'sensitivity' || verb === 'abandonMaps' ? abandoned : desk.ask(verb, ...asked)
    },
  })
  const server = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const hosts = new Hosts({ port, host: '127.0.0.1', allowed: [] })
  const { app } = await served({ desk: waiting, hosts, tokens: null })
  server.on('request', getRequestListener(app.fetch))
  const leaving = new AbortController()
  const asked = fetch(`http://127.0.0.1:${port}/api/v1/sensitivity`, {
    method: 'POST',
    body: JSON.stringify({ example: { split: 'test', row: 4 } }),
    headers: { 'content-type': 'application/json' },
    signal: leaving.signal,
  }).catch((error: Error) => error.name)
  await vi.waitFor(() => expect(verbs).toContain('sensitivity'))
  leaving.abort()
  expect(await asked).toBe('AbortError')
  await abandoned
  expect(verbs.at(-1)).toBe('abandonMaps')
})
