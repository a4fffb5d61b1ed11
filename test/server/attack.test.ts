import { describe, expect, test } from 'vitest'
import { Hosts } from '../../src/server/guard/hosts.ts'
import { HOST, ORIGIN, PROGRAM, served, TOKEN } from './served.ts'

const API = '/api/v1/explainer'

/** What a browser that was let in sends along. */
async function browser(server: Awaited<ReturnType<typeof served>>): Promise<Record<string, string>> {
  const response = await server.ask(`/?token=${server.tokens.issue()}`, { headers: { host: HOST } })
  return { host: HOST, cookie: (response.headers.get('set-cookie') ?? '').split(';')[0] }
}

describe('by another name', () => {
  test.each([
    ['of another site', 'evil.example:7411'],
    ['of no port', '127.0.0.1'],
    ['of another port', '127.0.0.1:80'],
    ['that ends as ours', 'evil-127.0.0.1:7411'],
    ['that begins as ours', '127.0.0.1:7411.evil.example'],
    ['with whom to be', `${HOST}@evil.example`],
    ['of every address', '0.0.0.0:7411'],
    ['in other numbers', '2130706433:7411'],
    ['of nothing', ''],
  ])('%s, nobody is answered, token or not', async (_, host) => {
    const { ask } = await served()
    for (const headers of [{ ...PROGRAM, host }, { host }]) {
      const response = await ask(API, { headers })
      expect(response.status).toBe(403)
      const text = await response.text()
      expect(JSON.parse(text)).toMatchObject({ code: 'forbidden', status: 403 })
      if (host !== '') expect(text).not.toContain(host)
    }
  })

  test('without one, neither', async () => {
    const { app } = await served()
    const response = await app.request(`${ORIGIN}${API}`, { headers: { authorization: `Bearer ${TOKEN}` } })
    expect(response.status).toBe(403)
  })

  test('before a launch link is worth anything', async () => {
    const { ask, tokens } = await served()
    const launch = tokens.issue()
    expect((await ask(`/?token=${launch}`, { headers: { host: 'evil.example:7411' } })).status).toBe(403)
    expect((await ask(`/?token=${launch}`, { headers: { host: HOST } })).status).toBe(303)
  })

  test('names of this machine are, and those that the user allows', () => {
    const hosts = new Hosts({ port: 80, host: '192.168.1.5', allowed: ['Models.example', 'other:8443'] })
    for (const name of ['localhost', 'LOCALHOST:80', '127.0.0.1', '[::1]:80', '192.168.1.5']) {
      expect(hosts.has(name)).toBe(true)
    }
    for (const name of ['models.example', 'models.example:80', 'other:8443'])
      expect(hosts.has(name)).toBe(true)
    for (const name of ['other', 'models.example:81', '192.168.1.6']) expect(hosts.has(name)).toBe(false)
    const everywhere = new Hosts({ port: 7411, host: '0.0.0.0', allowed: [] })
    expect(everywhere.has('0.0.0.0:7411')).toBe(false)
    expect(everywhere.has('10.0.0.1:7411')).toBe(false)
  })
})

describe('from another page', () => {
  test.each([
    ['of another site', { origin: 'https://evil.example' }],
    ['of no site', { origin: 'null' }],
    ['of another port', { origin: 'http://127.0.0.1:8888' }],
    ['of another name of this machine', { origin: 'http://localhost:7411' }],
    ['over TLS that is none', { origin: `https://${HOST}` }],
    ['that the browser calls another site', { 'sec-fetch-site': 'cross-site' }],
    ['that the browser calls the same site', { 'sec-fetch-site': 'same-site' }],
    ['with our origin that the browser does not believe', { origin: ORIGIN, 'sec-fetch-site': 'cross-site' }],
  ])('%s, nobody is answered, cookie or token or not', async (_, page) => {
    const server = await served()
    const cookie = await browser(server)
    for (const known of [cookie, PROGRAM, { host: HOST }]) {
      const headers = { ...known, ...(page as Record<string, string>) }
      const decision = await server.post('/api/v1/corrections', { row: 0, action: 'keep' }, headers)
      expect(decision.status).toBe(403)
      expect((await server.ask(API, { headers })).status).toBe(403)
    }
    expect((await (await server.ask('/api/v1/corrections')).json()).decisions).toEqual([])
  })

  test('a cookie alone decides nothing: the browser has to say which page asks', async () => {
    const server = await served()
    const headers = await browser(server)
    const decide = (more: Record<string, string>) =>
      server.post('/api/v1/corrections', { row: 0, action: 'keep' }, { ...headers, ...more })
    expect((await decide({})).status).toBe(403)
    expect((await decide({ 'sec-fetch-site': 'same-origin' })).status).toBe(200)
    expect((await decide({ origin: ORIGIN })).status).toBe(200)
  })

  test('reading gives another site nothing to read: no answer allows its origin', async () => {
    const { ask } = await served()
    for (const method of ['GET', 'OPTIONS']) {
      const response = await ask(API, {
        method,
        headers: { ...PROGRAM, 'access-control-request-method': 'POST' },
      })
      expect([...response.headers.keys()].filter(name => name.startsWith('access-control'))).toEqual([])
    }
  })

  test('a frame is answered where its site was allowed, and only to be shown', async () => {
    const embed = 'http://localhost:8888'
    const server = await served({ embed })
    const frame = {
      ...(await browser(server)),
      'sec-fetch-site': 'same-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'iframe',
    }
    const shown = await server.ask(API, { headers: frame })
    expect(shown.status).toBe(200)
    expect(shown.headers.get('content-security-policy')).toContain(`frame-ancestors 'self' ${embed}`)
    expect((await server.ask(API, { headers: { ...frame, 'sec-fetch-dest': 'script' } })).status).toBe(403)
    expect((await server.post('/api/v1/corrections/undo', '', frame)).status).toBe(403)
    expect((await (await served()).ask(API, { headers: frame })).status).toBe(403)
  })
})

describe('without a token', () => {
  const TRIED: [string, Record<string, string>][] = [
    ['nothing', {}],
    ['another token', { authorization: 'Bearer a-token-of-program' }],
    ['an empty token', { authorization: 'Bearer ' }],
    ['a token of another kind', { authorization: `Basic ${btoa(`x:${TOKEN}`)}` }],
    ['a cookie of another port', { cookie: 'representer-7412=x' }],
    ['an empty cookie', { cookie: 'representer-7411=' }],
    ['the token as a cookie', { cookie: `representer-7411=${TOKEN}` }],
  ]

  test.each(TRIED)('with %s, nothing is told', async (_, headers) => {
    const { ask, post, bugs } = await served()
    for (const path of [API, '/api/openapi.json', '/api/v1/events', '/api/v1/nothing', '/index.html']) {
      const response = await ask(path, { headers: { host: HOST, ...headers } })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toBe('Bearer')
    }
    const decided = await post(
      '/api/v1/corrections',
      { row: 0, action: 'keep' },
      { host: HOST, origin: ORIGIN, ...headers },
    )
    expect(decided.status).toBe(401)
    expect(bugs).toEqual([])
  })

  test('a launch link lets one browser in, once, and leaves no token in its address', async () => {
    const { ask, tokens } = await served()
    const launch = tokens.issue()
    const path = `/explain/test/3?k=5&token=${launch}`
    const first = await ask(path, { headers: { host: HOST } })
    expect(first.status).toBe(303)
    expect(first.headers.get('location')).toBe('/explain/test/3?k=5')
    const cookie = first.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(/^representer-7411=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/)
    expect(cookie).not.toContain(launch)

    const second = await ask(path, { headers: { host: HOST, accept: 'text/html' } })
    expect(second.status).toBe(401)
    expect(second.headers.get('set-cookie')).toBe(null)
    expect(await second.text()).toContain('Press Enter in the terminal')
    // Whoever is in already comes to the page by the same link.
    const again = await ask(path, { headers: { host: HOST, cookie: cookie.split(';')[0] } })
    expect([again.status, again.headers.get('location')]).toEqual([303, '/explain/test/3?k=5'])

    // They spend a fresh one all the same.
    const fresh = `/?token=${tokens.issue()}`
    await ask(fresh, { headers: { host: HOST, cookie: cookie.split(';')[0] } })
    expect((await ask(fresh, { headers: { host: HOST } })).status).toBe(401)
  })

  test('the token of programs is none for a link, nor a launch token one of programs', async () => {
    const { ask, tokens } = await served()
    expect((await ask(`/?token=${TOKEN}`, { headers: { host: HOST } })).status).toBe(401)
    const headers = { host: HOST, authorization: `Bearer ${tokens.issue()}` }
    expect((await ask(API, { headers })).status).toBe(401)
  })

  test('a link leads to no other server', async () => {
    const { ask, tokens } = await served()
    for (const path of ['//evil.example/', '/%2F/evil.example/']) {
      const response = await ask(`${path}?token=${tokens.issue()}`, { headers: { host: HOST } })
      const to = new URL(response.headers.get('location') ?? '', ORIGIN)
      expect(to.origin).toBe(ORIGIN)
    }
  })

  test('everybody on the machine is let in where the user said so, but no other page', async () => {
    const { ask, post } = await served({ tokens: null })
    expect((await ask(API, { headers: { host: HOST } })).status).toBe(200)
    expect((await ask(API, { headers: { host: 'evil.example:7411' } })).status).toBe(403)
    const decision = { row: 0, action: 'keep' }
    expect((await post('/api/v1/corrections', decision, { host: HOST })).status).toBe(200)
    expect((await post('/api/v1/corrections', decision, { host: HOST, origin: 'null' })).status).toBe(403)
  })
})

describe('with a body', () => {
  const headers = { ...PROGRAM, 'content-type': 'application/json' }
  const send = async (more: Record<string, string>, path = '/api/v1/explain') => {
    let isRead = false
    const body = new ReadableStream(
      {
        pull(controller) {
          isRead = true
          controller.enqueue(new TextEncoder().encode('{}'))
          controller.close()
        },
      },
      { highWaterMark: 0 },
    )
    const { app } = await served()
    const init = { method: 'POST', body, headers: { ...headers, ...more }, duplex: 'half' }
    const response = await app.request(`${ORIGIN}${path}`, init as RequestInit)
    return { status: response.status, detail: (await response.json()).detail, isRead }
  }

  test.each([
    ['larger than a question', 413, { 'content-length': String(2 ** 20 + 1) }],
    ['of an endless length', 413, { 'content-length': '9'.repeat(30) }],
    ['of no told length', 411, { 'transfer-encoding': 'chunked' }],
    ['of a length that is none', 411, { 'content-length': '-1' }],
    ['compressed, that could be any length', 415, { 'content-length': '2', 'content-encoding': 'gzip' }],
    ['of a form', 415, { 'content-length': '2', 'content-type': 'application/x-www-form-urlencoded' }],
    ['of text, as forms of other sites send', 415, { 'content-length': '2', 'content-type': 'text/plain' }],
    ['of no told type', 415, { 'content-length': '2', 'content-type': '' }],
  ] as [string, number, Record<string, string>][])('%s, it is not read', async (_, status, more) => {
    const answer = await send(more)
    expect([answer.status, answer.isRead]).toEqual([status, false])
    expect(answer.detail).toMatch(/^body: /)
  })

  test('a picture may be larger, up to 32 MiB', async () => {
    const picture = { 'content-type': 'image/png' }
    const path = '/api/v1/explain/picture'
    expect((await send({ ...picture, 'content-length': String(2 ** 25 + 1) }, path)).status).toBe(413)
    expect((await send({ ...picture, 'content-length': String(2 ** 25) }, path)).status).not.toBe(413)
  })

  test('that is nested deeply is refused, and breaks nothing', async () => {
    const { post, bugs } = await served()
    const deep = `{"features":${'['.repeat(200_000)}${']'.repeat(200_000)}}`
    const response = await post('/api/v1/explain', deep)
    expect(response.status).toBe(400)
    expect(bugs).toEqual([])
  })

  test('whose keys are those of prototypes changes none', async () => {
    const { post } = await served()
    const response = await post('/api/v1/explain', '{"__proto__":{"k":1},"constructor":{},"features":[1]}')
    expect(response.status).toBe(400)
    expect(({} as { k?: number }).k).toBe(undefined)
  })
})

describe('for files', () => {
  test.each([
    '/api/v1/pictures/train/..%2F..%2Fetc%2Fpasswd',
    '/api/v1/pictures/%2E%2E/0',
    '/api/v1/pictures/train/-1',
    '/api/v1/pictures/train/1e9',
    '/api/v1/pictures/train/0.5',
    '/api/v1/columns/..%2Ftrain',
    '/api/v1/columns/__proto__',
    '/..%2F..%2Fpackage.json',
    '/assets/..%2F..%2Fpackage.json',
    '/%00',
  ])('%s leads nowhere', async path => {
    const content = new TextEncoder().encode('<!doctype html>')
    const web = new Map([['index.html', { content, gzip: null, type: 'text/html' }]])
    const { ask, bugs } = await served({ web })
    const response = await ask(path)
    const text = await response.text()
    expect(response.status === 400 || response.status === 404 || text === '<!doctype html>').toBe(true)
    expect(text).not.toMatch(/root:|"name"/)
    expect(bugs).toEqual([])
  })
})

test('every answer tells the browser to run and load nothing of others, refusals too', async () => {
  const { ask } = await served()
  for (const headers of [PROGRAM, { host: HOST }, { host: 'evil.example' }]) {
    const response = await ask(API, { headers })
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/script-src[^;]*'unsafe-(inline|eval)'/)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
    })
  }
})

test('of a bug whoever asks is told nothing but that it is one', async () => {
  const { ask, bugs } = await served({
    desk: desk => ({
      ...desk,
      ask: async (verb, ...asked) => {
        if (verb === 'overview') throw new Error('secret: /home/me')
        return desk.ask(verb, ...asked)
      },
    }),
  })
  const response = await ask('/api/v1/overview')
  expect(response.status).toBe(500)
  expect(await response.text()).not.toContain('secret')
  expect(bugs).toHaveLength(1)
})
