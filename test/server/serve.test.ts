import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { fit } from '../../src/app/fit/fit.ts'
import { type ServeOptions, serve } from '../../src/server/serve.node.ts'
import { temporaryDirectory, writeBundle } from '../app/bundle.ts'

const TOKEN = 'a-token-long-enough'

async function started(options: Partial<ServeOptions> = {}) {
  const bundle = await writeBundle()
  await fit(bundle)
  const bugs: unknown[] = []
  const server = await serve({
    directory: bundle.out,
    port: 'auto',
    token: TOKEN,
    onBug: bug => bugs.push(bug),
    ...options,
  })
  onTestFinished(() => server.close())
  const base = `http://127.0.0.1:${server.port}`
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
  const ask = (path: string, init: RequestInit = {}) => fetch(`${base}/api/v1${path}`, { headers, ...init })
  const post = (path: string, body: unknown) => ask(path, { method: 'POST', body: JSON.stringify(body) })
  return { server, base, ask, post, directory: bundle.out, bugs }
}

/** What comes back for a request as it is written. */
function raw(port: number, headers: Record<string, string>, path = '/api/v1/explainer'): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', path, headers }, response => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    sent.on('error', reject)
    sent.end()
  })
}

test('a server answers over its socket, from a thread of its own', async () => {
  const { ask, post, server } = await started()
  const info = await (await ask('/explainer')).json()
  expect(info).toMatchObject({ n: 200, d: 6, c: 3, tests: 40 })
  const answers: Response[] = []
  // As many at a time as there is room for.
  for (let from = 0; from < 24; from += 8) {
    const rows = Array.from({ length: 8 }, (_, i) => from + i)
    const asked = rows.map(row => post('/explain', { example: { split: 'test', row }, k: 2 }))
    answers.push(...(await Promise.all(asked)))
  }
  for (const [row, answer] of answers.entries()) {
    expect((await answer.json()).explanation.input).toBe(`test/${row}`)
  }
  const problem = await (await post('/explain', { example: { split: 'test', row: 40 } })).json()
  expect(problem).toMatchObject({ code: 'not-found', detail: 'example not found: test/40, expected 0 to 39' })
  expect(
    await raw(server.port, { host: `evil.example:${server.port}`, authorization: `Bearer ${TOKEN}` }),
  ).toBe(403)
  expect(await raw(server.port, { host: `localhost:${server.port}` })).toBe(401)
})

test('decisions outlive the server, which ends when everything is answered', async () => {
  const { post, server, directory, base } = await started()
  const pending = Array.from({ length: 5 }, (_, row) => post('/corrections', { row, action: 'keep' }))
  await pending[0]
  const events = await fetch(`${base}/api/v1/events`, { headers: { authorization: `Bearer ${TOKEN}` } })
  await Promise.all(pending)
  await server.close()
  expect(await events.text()).toContain(': ping')
  await expect(fetch(base)).rejects.toThrow()

  const again = await serve({ directory, port: 'auto', token: TOKEN, onBug: () => expect.unreachable() })
  onTestFinished(() => again.close())
  const response = await fetch(`http://127.0.0.1:${again.port}/api/v1/corrections`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  })
  expect((await response.json()).counts.keep).toBe(5)
})

test('whoever leaves before the answer loses no decision, and is no bug', async () => {
  const { server, base, directory, bugs } = await started()
  const leaving = new AbortController()
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
  const decide = (row: number) =>
    fetch(`${base}/api/v1/corrections`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ row, action: 'keep' }),
      signal: leaving.signal,
    })
  await decide(0)
  const left = Promise.allSettled([1, 2, 3, 4].map(decide))
  // As soon as one of them is written, the others are on their way.
  while ((await readFile(join(directory, 'review/decisions.jsonl'), 'utf8')).split('\n').length < 3);
  leaving.abort()
  await left
  await server.close()
  const log = await readFile(join(directory, 'review/decisions.jsonl'), 'utf8')
  for (const line of log.trimEnd().split('\n')) expect(JSON.parse(line)).toMatchObject({ event: 'decide' })
  expect(bugs).toEqual([])
})

test('a refit with the corrections is a job, beside the explainer and in place of its like alone', async () => {
  const { ask, post, directory, bugs } = await started()
  const { labels } = await (await ask('/columns/train')).json()
  await post('/corrections', { row: 0, action: 'relabel', newLabel: (labels[0] + 1) % 3 })
  await post('/corrections', { row: 1, action: 'exclude' })
  const refit = async () => {
    const { id } = await (await post('/jobs', { kind: 'relabel' })).json()
    for (;;) {
      const job = await (await ask(`/jobs/${id}`)).json()
      if (job.status !== 'running') return job
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }
  const out = `${directory}-corrected`
  const first = await refit()
  expect(first).toMatchObject({ status: 'done', error: null, result: { out, relabelled: 1, excluded: 1 } })
  const made = JSON.parse(await readFile(join(out, 'explainer.json'), 'utf8'))
  expect(made).toMatchObject({ n: 199, correctedFrom: { directory } })
  // The same again takes its place.
  expect((await refit()).result.out).toBe(out)
  // What is not its like stays.
  await cp(directory, `${directory}-other`, { recursive: true })
  await writeFile(join(out, 'explainer.json'), await readFile(join(directory, 'explainer.json')))
  expect((await refit()).result.out).toBe(`${out}-2`)
  expect(bugs).toEqual([])
})

test('a map that is cancelled leaves none behind', async () => {
  const { ask, post, directory } = await started()
  const { id } = await (await post('/jobs', { kind: 'map' })).json()
  await ask(`/jobs/${id}`, { method: 'DELETE' })
  for (;;) {
    const { status } = await (await ask(`/jobs/${id}`)).json()
    if (status === 'running') continue
    // It may have been done before it was told.
    if (status === 'cancelled') expect(await readdir(directory)).not.toContain('map')
    else expect(status).toBe('done')
    break
  }
})

describe('is refused', () => {
  const refused: [string, Partial<ServeOptions>, string][] = [
    [
      'an address of others without a token',
      { host: '0.0.0.0', token: undefined as never },
      'expected a token of yours',
    ],
    ['an address of others for everybody', { host: '0.0.0.0', token: null }, 'leave out --no-token'],
    ['an address of others with a token to guess', { host: '::', token: 'short' }, 'expected 16 or more'],
    ['a token that no header takes', { token: 'two words' }, 'without spaces'],
    [
      'an origin that would end the policy',
      { embed: "http://x; script-src 'unsafe-inline'" },
      'expected one such as',
    ],
    ['a site that is no origin', { embed: 'http://x/path' }, 'expected one such as'],
    ['a directory that is none', { directory: '/nowhere' }, '/nowhere: no such directory'],
    ['an address of another machine', { host: '192.0.2.1', token: TOKEN }, 'no address of this machine'],
    ['a port that is none', { port: 70000 }, 'port: 70000, expected 1 to 65535, or auto'],
  ]
  test.each(refused)('%s', async (_, options, sentence) => {
    await expect(started(options)).rejects.toThrow(sentence)
  })

  test('a port that is taken', async () => {
    const { server } = await started()
    await expect(started({ port: server.port })).rejects.toThrow(
      `port ${server.port}: taken by another program, choose one with --port, or --port auto`,
    )
  })
})

test('pages are read from their folder alone, links left out', async () => {
  const { readWebFiles } = await import('../../src/server/read-web-files.node.ts')
  const folder = await temporaryDirectory()
  await writeFile(join(folder, 'index.html'), '<!doctype html>'.repeat(100))
  await writeFile(join(folder, 'notes.exe'), 'x')
  const { symlink } = await import('node:fs/promises')
  await symlink('/etc/hostname', join(folder, 'linked.txt'))
  const files = await readWebFiles(folder)
  expect([...(files?.keys() ?? [])]).toEqual(['index.html'])
  expect(files?.get('index.html')?.gzip?.length).toBeLessThan(100)
  expect(await readWebFiles(join(folder, 'none'))).toBe(null)
})
