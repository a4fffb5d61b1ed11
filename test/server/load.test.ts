import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Admission } from '../../src/server/admission.ts'
import type { Desk, Ready } from '../../src/server/answers.ts'
import { ByteCache } from '../../src/server/byte-cache.ts'
import { Hosts } from '../../src/server/guard/hosts.ts'
import { Outbox } from '../../src/server/outbox.ts'
import { rememberingDesk } from '../../src/server/remembering-desk.ts'
import { shedding } from '../../src/server/shedding.node.ts'
import { served } from './served.ts'

const settled = () => new Promise(resolve => setImmediate(resolve))

/** A desk that answers nothing until it is told to. */
function slowDesk() {
  const asked: { verb: string; answer: (ready: Ready) => void; fail: (error: Error) => void }[] = []
  const desk: Desk = {
    ask: (verb, ..._) => new Promise((answer, fail) => asked.push({ verb, answer, fail })),
    close: async () => undefined,
  }
  return { asked, desk }
}

describe('more questions than are admitted', () => {
  test('are refused with when to ask again, and admitted again once others are answered', async () => {
    const slow = slowDesk()
    const questions = new Admission(3)
    const { post, ask } = await served({
      questions,
      desk: desk => ({
        ...desk,
        ask: (verb, ...asked) =>
          verb === 'explain' ? slow.desk.ask(verb, ...asked) : desk.ask(verb, ...asked),
      }),
    })
    const question = { example: { split: 'test', row: 0 } }
    const waiting = Array.from({ length: 3 }, () => post('/api/v1/explain', question))
    await settled()
    expect(questions.isFull).toBe(true)
    for (let i = 0; i < 20; i++) {
      const refused = await post('/api/v1/explain', question)
      expect(refused.status).toBe(503)
      expect(refused.headers.get('retry-after')).toBe('1')
      expect(await refused.json()).toMatchObject({ code: 'busy', status: 503 })
    }
    expect(slow.asked).toHaveLength(3)
    // Everything else is answered as ever.
    expect((await ask('/api/v1/explainer')).status).toBe(200)
    slow.asked[0].answer('{}')
    slow.asked[1].fail(new Error('lost'))
    expect((await waiting[0]).status).toBe(200)
    expect((await waiting[1]).status).toBe(500)
    const next = post('/api/v1/explain', question)
    await settled()
    slow.asked[3].answer('{}')
    expect((await next).status).toBe(200)
    slow.asked[2].answer('{}')
    await waiting[2]
    expect(questions.isFull).toBe(false)
  })

  test('are refused at the socket, those to us alone, before anybody looks at them', async () => {
    const questions = new Admission(0)
    const seen: string[] = []
    const server: Server = createServer()
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const hosts = new Hosts({ port, host: '127.0.0.1', allowed: [] })
    const listener = shedding(
      (asked, response) => {
        seen.push(`${asked.headers.host}${asked.url}`)
        response.end('looked at')
      },
      questions,
      hosts,
    )
    server.on('request', listener)
    const asked = (path: string, host: string) =>
      new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }>(resolve => {
        const sent = request(
          { port, host: '127.0.0.1', path, method: 'POST', headers: { host } },
          response => {
            let text = ''
            response.on('data', chunk => {
              text += chunk
            })
            response.on('end', () =>
              resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
            )
          },
        )
        sent.end('{}')
      })
    const shed = await asked('/api/v1/explain', `127.0.0.1:${port}`)
    expect([shed.status, shed.headers['retry-after']]).toEqual([503, '1'])
    expect(shed.headers['content-security-policy']).toContain("default-src 'none'")
    expect(JSON.parse(shed.text)).toMatchObject({ code: 'busy' })
    await asked('/api/v1/explain', 'evil.example')
    for (const path of ['/api/v1/explain/picture', '/api/v1/explain?']) {
      expect((await asked(path, `127.0.0.1:${port}`)).status).toBe(503)
    }
    const others = ['/api/v1/jobs', '/api/v1/explainer', '/api/v1/explainer?']
    for (const path of others) await asked(path, `127.0.0.1:${port}`)
    expect(seen).toEqual(['evil.example/api/v1/explain', ...others.map(path => `127.0.0.1:${port}${path}`)])
  })
})

describe('answers that last', () => {
  test('are made once for all who ask at the same time, and kept for who asks later', async () => {
    const { asked, desk } = slowDesk()
    const remembering = rememberingDesk(desk)
    const both = [remembering.ask('columns', 'train'), remembering.ask('columns', 'train')]
    const other = remembering.ask('columns', 'test')
    expect(asked).toHaveLength(2)
    asked[0].answer('of train')
    asked[1].answer('of test')
    expect(await Promise.all(both)).toEqual(['of train', 'of train'])
    expect([await other, await remembering.ask('columns', 'train')]).toEqual(['of test', 'of train'])
    expect(asked).toHaveLength(2)
  })

  test('are asked for again where they failed; decisions and questions are always', async () => {
    const { asked, desk } = slowDesk()
    const remembering = rememberingDesk(desk)
    const lost = remembering.ask('overview')
    asked[0].fail(new Error('lost'))
    await expect(lost).rejects.toThrow('lost')
    void remembering.ask('overview')
    for (let i = 0; i < 2; i++) {
      void remembering.ask('review')
      void remembering.ask('explain', {})
      void remembering.ask('map')
    }
    expect(asked.slice(1).map(({ verb }) => verb)).toEqual([
      'overview',
      ...['review', 'explain', 'map'],
      ...['review', 'explain', 'map'],
    ])
  })

  test('take no more bytes than they may: what was not asked for longest goes', () => {
    const cache = new ByteCache<{ readonly bytes: number }>(10)
    cache.set('a', { bytes: 4 })
    cache.set('b', { bytes: 4 })
    cache.get('a')
    cache.set('c', { bytes: 4 })
    expect(['a', 'b', 'c'].map(key => cache.get(key) !== undefined)).toEqual([true, false, true])
    cache.set('a', { bytes: 6 })
    expect(['a', 'c'].map(key => cache.get(key)?.bytes)).toEqual([6, 4])
    cache.set('d', { bytes: 11 })
    expect(['a', 'c', 'd'].map(key => cache.get(key)?.bytes)).toEqual([6, 4, undefined])
  })
})

test('what is sent in one turn travels as one list, in order, with its memory', async () => {
  const sent: [readonly number[], readonly ArrayBuffer[]][] = []
  const outbox = new Outbox<number>((items, memory) => sent.push([items, memory]))
  const memory = new ArrayBuffer(1)
  outbox.put(1)
  outbox.put(2, [memory])
  await settled()
  outbox.put(3)
  await settled()
  expect(sent).toEqual([
    [[1, 2], [memory]],
    [[3], []],
  ])
})
