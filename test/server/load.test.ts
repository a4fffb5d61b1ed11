import { once } from 'node:events'
import { type ClientRequest, createServer, type IncomingMessage, request, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Desk, Ready } from '../../src/server/answers.ts'
import { ByteCache } from '../../src/server/byte-cache.ts'
import { Hosts } from '../../src/server/guard/hosts.ts'
import { Line } from '../../src/server/line.ts'
import { Outbox } from '../../src/server/outbox.ts'
import { rememberingDesk } from '../../src/server/remembering-desk.ts'
import { shedding } from '../../src/server/shedding.node.ts'

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

/** A server of the line alone: it answers a question when it is told to, anything else at once. */
async function lined(options: { readonly room: number; readonly patience: number }) {
  const server: Server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const host = `127.0.0.1:${port}`
  const inHand: { readonly address: string; readonly answer: () => void }[] = []
  const listener = shedding(
    (asked, response) => {
      const address = `${asked.headers.host}${asked.url}`
      inHand.push({ address, answer: () => response.end('answered') })
    },
    { hosts: new Hosts({ port, host: '127.0.0.1', allowed: [] }), ...options },
  )
  server.on('request', listener)
  const asked = (path: string, name = host) => {
    const sent = request({ port, host: '127.0.0.1', path, method: 'POST', headers: { host: name } })
    sent.on('error', () => undefined)
    sent.end('{}')
    return sent
  }
  const answer = async (sent: ClientRequest) => {
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    return { status: response.statusCode, headers: response.headers, text: await text(response) }
  }
  const until = (count: number) => vi.waitFor(() => expect(inHand).toHaveLength(count))
  return { host, inHand, asked, answer, until }
}

describe('more questions than are in hand at a time', () => {
  test('are refused when they waited long enough, with when to ask again, and not looked at', async () => {
    const { inHand, asked, answer, until } = await lined({ room: 1, patience: 20 })
    const first = answer(asked('/api/v1/explain'))
    await until(1)
    for (const path of ['/api/v1/explain', '/api/v1/explain?']) {
      const refused = await answer(asked(path))
      expect([refused.status, refused.headers['retry-after']]).toEqual([503, '1'])
      expect(refused.headers['content-security-policy']).toContain("default-src 'none'")
      expect(JSON.parse(refused.text)).toMatchObject({ code: 'busy', status: 503 })
    }
    expect(inHand).toHaveLength(1)
    inHand[0].answer()
    expect(await first).toMatchObject({ status: 200, text: 'answered' })
    const next = answer(asked('/api/v1/explain'))
    await until(2)
    inHand[1].answer()
    expect((await next).status).toBe(200)
  })

  test('leave everything else as it is, and who asks another host', async () => {
    const { host, inHand, asked, until } = await lined({ room: 0, patience: 20 })
    const others = ['/api/v1/jobs', '/api/v1/explainer', '/api/v1/explain/picture']
    for (const path of others) asked(path)
    asked('/api/v1/explain', 'evil.example')
    await until(4)
    const seen = inHand.map(({ address }) => address).sort()
    expect(seen).toEqual([...others.map(path => `${host}${path}`), 'evil.example/api/v1/explain'].sort())
    for (const { answer } of inHand) answer()
  })

  test('give their turn to the next where whoever asked is gone, waiting or in hand', async () => {
    const { host, inHand, asked, answer, until } = await lined({ room: 1, patience: 60_000 })
    const first = asked('/api/v1/explain')
    await until(1)
    const second = answer(asked('/api/v1/explain?second'))
    const third = asked('/api/v1/explain?third')
    await new Promise(resolve => third.on('finish', resolve))
    third.destroy()
    first.destroy()
    const its = await vi.waitFor(() => {
      const found = inHand.find(({ address }) => address === `${host}/api/v1/explain?second`)
      expect(found).toBeDefined()
      return found
    })
    its?.answer()
    expect((await second).status).toBe(200)
  })
})

test('a connection that is dropped gives back the room of all that it asked, one behind the other', async () => {
  const { host, inHand, asked, answer, until } = await lined({ room: 4, patience: 60_000 })
  const port = Number(host.split(':')[1])
  const socket = connect({ port, host: '127.0.0.1' })
  const question = `GET /api/v1/explain HTTP/1.1\r\nhost: ${host}\r\n\r\n`
  socket.write(question.repeat(6))
  await until(4)
  socket.destroy()
  const next = Array.from({ length: 4 }, () => answer(asked('/api/v1/explain?next')))
  await vi.waitFor(() => expect(inHand.filter(({ address }) => address.endsWith('?next'))).toHaveLength(4))
  for (const { address, answer } of inHand) if (address.endsWith('?next')) answer()
  for (const { status } of await Promise.all(next)) expect(status).toBe(200)
})

describe('a line', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  function line(room: number, patience: number) {
    const seen: string[] = []
    const gone = new Set<number>()
    const made = new Line<number>({
      room,
      patience,
      admit: one => seen.push(`in ${one}`),
      isGone: one => gone.has(one),
      refuse: one => seen.push(`away ${one}`),
    })
    return { seen, gone, line: made }
  }

  test('lets in as many as there is room for, then whoever came last', () => {
    const { seen, line: asked } = line(2, 10)
    for (const one of [1, 2, 3, 4, 5]) asked.enter(one)
    expect(seen.splice(0)).toEqual(['in 1', 'in 2'])
    asked.leave()
    asked.leave()
    expect(seen.splice(0)).toEqual(['in 5', 'in 4'])
    asked.leave()
    asked.leave()
    asked.leave()
    asked.enter(6)
    expect(seen).toEqual(['in 3', 'in 6'])
    vi.advanceTimersByTime(100)
    expect(seen).toHaveLength(2)
  })

  test('sends away who waited too long, in the order in which they came, and nobody else', () => {
    const { seen, line: asked } = line(1, 8)
    for (const one of [1, 2, 3]) asked.enter(one)
    vi.advanceTimersByTime(5)
    asked.enter(4)
    vi.advanceTimersByTime(2)
    expect(seen.splice(0)).toEqual(['in 1'])
    vi.advanceTimersByTime(1)
    expect(seen.splice(0)).toEqual(['away 2', 'away 3'])
    vi.advanceTimersByTime(5)
    expect(seen.splice(0)).toEqual(['away 4'])
    asked.leave()
    asked.enter(5)
    asked.enter(6)
    vi.advanceTimersByTime(8)
    expect(seen).toEqual(['in 5', 'away 6'])
  })

  test('passes over who is gone', () => {
    const { seen, gone, line: asked } = line(1, 10)
    for (const one of [1, 2, 3]) asked.enter(one)
    gone.add(3)
    asked.leave()
    expect(seen).toEqual(['in 1', 'in 2'])
  })

  test('answers nearly as many as it can, and soon, however many more ask', () => {
    const waited: number[] = []
    let refused = 0
    const asked: Line<number> = new Line({
      room: 4,
      patience: 10,
      isGone: () => false,
      // Four at a time, a millisecond each.
      admit(since) {
        waited.push(performance.now() - since)
        setTimeout(() => asked.leave(), 1)
      },
      refuse: () => refused++,
    })
    for (let ms = 0; ms < 1000; ms++) {
      for (let i = 0; i < 8; i++) asked.enter(performance.now())
      vi.advanceTimersByTime(1)
    }
    vi.advanceTimersByTime(20)
    expect(waited.length + refused).toBe(8000)
    expect(waited.length).toBeGreaterThan(3990)
    waited.sort((a, b) => a - b)
    expect(waited[Math.floor(0.98 * waited.length)]).toBeLessThanOrEqual(1)
    expect(waited.at(-1)).toBeLessThanOrEqual(10)
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
