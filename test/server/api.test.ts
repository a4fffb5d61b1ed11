import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { z } from '@hono/zod-openapi'
import { describe, expect, test } from 'vitest'
import { ask as askExplainer } from '../../src/app/explain/ask.ts'
import { makeMap } from '../../src/app/map/make-map.ts'
import { mistakes } from '../../src/app/mistakes.ts'
import { suspects } from '../../src/app/suspects/suspects.ts'
import { HOST, ORIGIN, PROGRAM, served } from './served.ts'

type Server = Awaited<ReturnType<typeof served>>

/** The schema of what an address answers, as the document has it. */
function schemaOf({ app }: Server, method: string, path: string): z.ZodType {
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type !== 'route') continue
    const { route } = definition
    if (route.method !== method || route.path !== path) continue
    const response = route.responses[route.responses[202] ? 202 : 200]
    const json = 'content' in response ? response.content?.['application/json'] : undefined
    if (json && 'schema' in json) return json.schema as z.ZodType
  }
  throw new Error(`${method} ${path} is not in the document`)
}

/** Expects an answer to have all that is documented, and nothing else. */
async function expectDocumented(server: Server, response: Response, method: string, path: string) {
  const answer = await response.json()
  expect([response.status, answer.detail]).toEqual([
    path === '/api/v1/jobs' && method === 'post' ? 202 : 200,
    undefined,
  ])
  expect(schemaOf(server, method, path).parse(answer)).toEqual(answer)
  return answer
}

const READ: [string, string][] = [
  ['/api/v1/explainer', '/api/v1/explainer'],
  ['/api/v1/overview', '/api/v1/overview'],
  ['/api/v1/columns/{split}', '/api/v1/columns/train'],
  ['/api/v1/columns/{split}', '/api/v1/columns/test'],
  ['/api/v1/examples', '/api/v1/examples?split=test&limit=3&offset=2&mistaken=true'],
  ['/api/v1/suspects', '/api/v1/suspects?offset=3&limit=4'],
  ['/api/v1/mistakes', '/api/v1/mistakes?split=train'],
  ['/api/v1/corrections', '/api/v1/corrections'],
  ['/api/v1/jobs', '/api/v1/jobs'],
]

describe('what is answered', () => {
  test.each(READ)('at %s is what the document says: %s', async (path, address) => {
    const server = await served()
    await expectDocumented(server, await server.ask(address), 'get', path)
    expect(server.bugs).toEqual([])
  })

  test('to questions is what the document says, and what the explainer says', async () => {
    const server = await served()
    const { explainer } = server
    const features = Array.from((await explainer.stored('test', 3)).features)
    for (const question of [
      { example: { split: 'test' as const, row: 3 }, k: 4 },
      { features, output: 1, k: 2 },
      { features, contrast: [0, '2'] as const, logits: [0.5, 1, 2], within: 1 },
    ]) {
      const answer = await expectDocumented(
        server,
        await server.post('/api/v1/explain', question),
        'post',
        '/api/v1/explain',
      )
      const expected = await askExplainer(explainer, question)
      expect(answer).toEqual({ ...expected, microseconds: answer.microseconds })
    }
  })

  test('of suspects and mistakes is what the command line says', async () => {
    const { ask, directory } = await served()
    const whole = await suspects({ directory })
    const page = await (await ask('/api/v1/suspects?offset=5&limit=7')).json()
    expect(page).toEqual({
      schemaVersion: 1,
      n: whole.n,
      offset: 5,
      score: whole.score,
      suspects: whole.suspects.slice(5, 12).map(({ speakers: _, ...suspect }) => suspect),
    })
    const counted = await (await ask('/api/v1/mistakes')).json()
    const { cell: _, ...expected } = await mistakes({ directory })
    expect(counted).toEqual(expected)
    const [{ label, predicted }] = expected.cells
    const server = await served()
    const cell = await expectDocumented(
      server,
      await server.ask(`/api/v1/mistakes/${label}/${predicted}?k=3`),
      'get',
      '/api/v1/mistakes/{label}/{predicted}',
    )
    const named = await mistakes({ directory, cell: [label, predicted], k: 3 })
    expect(cell).toEqual({ schemaVersion: 1, split: 'test', ...named.cell })
  })

  test('of examples, page by page, is every one that was asked for, once', async () => {
    const { ask } = await served()
    const columns = await (await ask('/api/v1/columns/train')).json()
    const rows: number[] = []
    let total = 1
    while (rows.length < total) {
      const page = await (
        await ask(`/api/v1/examples?label=1&mistaken=true&limit=2&offset=${rows.length}`)
      ).json()
      total = page.total
      for (const { row, id } of page.examples) expect(id).toBe(columns.ids[row])
      rows.push(...page.examples.map(({ row }: { row: number }) => row))
    }
    const expected = columns.rows.filter(
      (row: number) => columns.labels[row] === 1 && columns.predicted[row] !== 1,
    )
    expect(expected.length).toBeGreaterThan(2)
    expect(rows).toEqual(expected)
  })

  test('about decisions is on the disk, undone and redone, as documented', async () => {
    const server = await served()
    const { labels } = await (await server.ask('/api/v1/columns/train')).json()
    const newLabel = (labels[4] + 1) % 3
    const decided = await expectDocumented(
      server,
      await server.post('/api/v1/corrections', { row: 4, action: 'relabel', newLabel, note: 'looks so' }),
      'post',
      '/api/v1/corrections',
    )
    expect(decided.decisions).toMatchObject([{ row: 4, action: 'relabel', newLabel, label: labels[4] }])
    const log = await readFile(join(server.directory, 'review/decisions.jsonl'), 'utf8')
    expect(log).toContain('looks so')
    for (const [step, left] of [
      ['undo', 0],
      ['redo', 1],
    ] as const) {
      const response = await server.post(`/api/v1/corrections/${step}`, '')
      const review = await expectDocumented(server, response, 'post', `/api/v1/corrections/${step}`)
      expect(review.decisions).toHaveLength(left)
    }
    expect((await server.post('/api/v1/corrections/redo', '')).status).toBe(404)
    expect((await server.post('/api/v1/corrections', { row: 200, action: 'keep' })).status).toBe(404)
  })
})

describe('a file of corrections', () => {
  test('has the decisions, or what was selected, in each format', async () => {
    const { ask, post } = await served()
    await post('/api/v1/corrections', { row: 4, action: 'exclude' })
    const ids = async (query: string) => {
      const response = await ask(`/api/v1/corrections/export?format=jsonl${query}`)
      expect(response.headers.get('content-disposition')).toBe('attachment; filename="corrections.jsonl"')
      return (await response.text())
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line).id)
    }
    const idOf = (row: number) => `train/${row}`
    expect(await ids('')).toEqual([4].map(idOf))
    expect(new Set(await ids('&rows=3,8-10'))).toEqual(new Set([3, 8, 9, 10].map(idOf)))
    const csv = await (await ask('/api/v1/corrections/export')).text()
    expect(csv.split('\n')[0]).toMatch(/^id,given_label,new_label,action/)
    const parquet = new Uint8Array(
      await (await ask('/api/v1/corrections/export?format=parquet')).arrayBuffer(),
    )
    expect(String.fromCharCode(...parquet.subarray(0, 4))).toBe('PAR1')
    const selected = await post('/api/v1/corrections/export?format=csv', { rows: [0, 1] })
    expect((await selected.text()).trimEnd().split('\n')).toHaveLength(3)
    const python = await (await ask('/api/v1/corrections/pandas?format=csv')).text()
    expect(python).toContain('pd.read_csv("corrections.csv"')
  })

  test.each(['0-999999999', '1-', 'x', '', '1,,2', '0-999998,0-1', '-1'])(
    'of rows %s is refused',
    async rows => {
      const { ask, bugs } = await served()
      const response = await ask(`/api/v1/corrections/export?rows=${rows}`)
      expect(response.status).toBe(400)
      expect((await response.json()).detail).toMatch(/^query\.rows: .*expected rows as 3,14,20-25/)
      expect(bugs).toEqual([])
    },
  )

  test('of a row that is none is refused', async () => {
    const { ask } = await served()
    expect((await ask('/api/v1/corrections/export?rows=200')).status).toBe(404)
  })
})

describe('what is wrong', () => {
  const asked: [string, number, string, string, unknown][] = [
    [
      'no question',
      400,
      'body: no JSON, expected an object as /api/openapi.json has it',
      '/api/v1/explain',
      '{',
    ],
    [
      'an empty question',
      400,
      'question: expected an example or features, give one of them',
      '/api/v1/explain',
      {},
    ],
    [
      'an unknown key',
      400,
      'body: unknown key wanted, see /api/openapi.json',
      '/api/v1/explain',
      { wanted: 1 },
    ],
    [
      'an example of no split',
      400,
      'body.example.split: expected train or test',
      '/api/v1/explain',
      { example: { split: 'valid', row: 0 } },
    ],
    [
      'too many examples wanted',
      400,
      'body.k: expected at most 1000',
      '/api/v1/explain',
      { example: { split: 'test', row: 0 }, k: 1001 },
    ],
    [
      'half a contrast',
      400,
      'body.contrast: expected at least 2 values',
      '/api/v1/explain',
      { example: { split: 'test', row: 0 }, contrast: [1] },
    ],
    [
      'half an output',
      400,
      'body.output: expected an integer or a string',
      '/api/v1/explain',
      { example: { split: 'test', row: 0 }, output: 1.5 },
    ],
    [
      'features that are none',
      400,
      'body.features.1: expected a number',
      '/api/v1/explain',
      { features: [1, 'x'] },
    ],
    [
      'too few features',
      422,
      'features: expected 6 features, got 2',
      '/api/v1/explain',
      { features: [1, 2] },
    ],
    [
      'no such example',
      404,
      'example not found: test/40, expected 0 to 39',
      '/api/v1/explain',
      { example: { split: 'test', row: 40 } },
    ],
    [
      'no such output',
      404,
      'output not found: 3, expected one of 0 to 2',
      '/api/v1/explain',
      { example: { split: 'test', row: 0 }, output: 3 },
    ],
    [
      'no such class to look within',
      404,
      'class not found: 3, expected 0 to 2',
      '/api/v1/explain',
      { example: { split: 'test', row: 0 }, within: 3 },
    ],
  ]

  test.each(asked)('%s is told as the command line tells it', async (_, status, detail, path, body) => {
    const { post, bugs } = await served()
    const response = await post(path, body)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toMatchObject({ type: 'about:blank', status, detail })
    expect(response.status).toBe(status)
    expect(bugs).toEqual([])
  })

  test.each([
    ['/api/v1/nothing', 404],
    ['/api/v1/columns/valid', 400],
    ['/api/v1/suspects?limit=-1', 400],
    ['/api/v1/suspects?limit=1001', 400],
    ['/api/v1/mistakes/0/0', 400],
    ['/api/v1/mistakes/0/9', 404],
    ['/api/v1/jobs/none', 404],
    ['/api/v1/pictures/train/0', 404],
  ])('%s is a problem of status %i', async (path, status) => {
    const { ask, bugs } = await served()
    const response = await ask(path)
    expect([response.status, (await response.json()).status]).toEqual([status, status])
    expect(bugs).toEqual([])
  })
})

test('there is no map until one is made, which is no error', async () => {
  const { ask, directory } = await served()
  const map = async () => {
    const response = await ask('/api/v1/map')
    expect(response.status).toBe(200)
    return response.json()
  }
  expect(await map()).toBe(null)
  const made = await makeMap({ directory })
  expect(await map()).toEqual(made)
})

test('another method than those of an address is told them', async () => {
  const { ask, post } = await served()
  const response = await ask('/api/v1/explain')
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
  expect((await response.json()).detail).toBe(
    'GET /api/v1/explain: no such method of this address, expected POST',
  )
  expect((await post('/api/v1/columns/train', {})).headers.get('allow')).toBe('GET')
  expect((await post('/api/v1/nothing', {})).status).toBe(404)
  expect((await post('/explain/test/1', {})).status).toBe(404)
})

test('the document is the one that is kept', async () => {
  const { ask } = await served()
  const document = `${JSON.stringify(await (await ask('/api/openapi.json')).json(), null, 2)}\n`
  await expect(document).toMatchFileSnapshot('../../docs/openapi.json')
})

test('without its pages the server says what to run', async () => {
  const { ask } = await served()
  const response = await ask('/explain/test/1')
  expect(response.status).toBe(503)
  expect(await response.text()).toContain('npm run build')
})

test('pages are found by their files, and every screen is the one page', async () => {
  const file = (text: string, type: string) => ({
    content: new TextEncoder().encode(text),
    gzip: new TextEncoder().encode('small'),
    type,
  })
  const web = new Map([
    ['index.html', file('<!doctype html>', 'text/html; charset=utf-8')],
    ['assets/index-1234.js', file('run()', 'text/javascript')],
  ])
  const { ask, app } = await served({ web })
  for (const path of ['/', '/index.html', '/explain?k=3', '/review', '/nonsense']) {
    const response = await ask(path)
    expect([response.status, await response.text()]).toEqual([200, '<!doctype html>'])
    expect(response.headers.get('cache-control')).toBe('no-cache')
  }
  const deeper = await ask('/explain/<test>/12?k=3')
  expect([deeper.status, deeper.headers.get('content-type')]).toEqual([404, 'text/html; charset=UTF-8'])
  const text = await deeper.text()
  expect(text).toContain('href="../../"')
  expect(text).not.toContain('<test>')
  const script = await ask('/assets/index-1234.js')
  expect(script.headers.get('cache-control')).toContain('immutable')
  expect(script.headers.get('content-type')).toBe('text/javascript')
  const compressed = await app.request(`${ORIGIN}/assets/index-1234.js`, {
    headers: { ...PROGRAM, 'accept-encoding': 'br, gzip' },
  })
  expect(compressed.headers.get('content-encoding')).toBe('gzip')
  expect(await compressed.text()).toBe('small')
  expect((await ask('/assets/index-1.js')).status).toBe(404)
  expect((await ask('/api/nothing', { headers: { ...PROGRAM, host: HOST } })).status).toBe(404)
})
