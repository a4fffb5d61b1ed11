import { describe, expect, test, vi } from 'vitest'
import type { Answer, ExampleColumns, ReportData } from '../../src/server/wire.ts'
import { questionKey } from '../../src/views/question-key.ts'
import { reportSource } from '../../web/src/source/report-source.ts'
import { problemOf, serverSource } from '../../web/src/source/server-source.ts'

const json = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status })

function answering(response: () => Response) {
  const fetched = vi.fn(async (_address: string, _init?: RequestInit) => response())
  vi.stubGlobal('fetch', fetched)
  return fetched
}

const server = serverSource(new URL('http://127.0.0.1:1/app/'))

describe('the server as a source', () => {
  test('is asked beside the page, wherever that is mounted', async () => {
    const fetched = answering(() => json({}))
    await server.explainer()
    await server.cell('train', 3, 5, 7)
    expect(fetched.mock.calls.map(([address]) => address)).toEqual([
      'http://127.0.0.1:1/app/api/v1/explainer',
      'http://127.0.0.1:1/app/api/v1/mistakes/3/5?split=train&k=7',
    ])
    expect(server.pictureUrl('a b', 'test', 3)).toBe('http://127.0.0.1:1/app/api/v1/pictures/test/3?v=a%20b')
    expect(server.exportUrl('csv', [1, 2, 3, 7])).toBe(
      'http://127.0.0.1:1/app/api/v1/corrections/export?format=csv&rows=1-3,7',
    )
  })

  test('asks about a picture in the address, with the picture as the body', async () => {
    const fetched = answering(() => json({}))
    const picture = new File(['x'], 'a b.png', { type: 'image/png' })
    await server.explainPicture(picture, { contrast: [3, 5], output: 'predicted', k: 4, within: 2 })
    const [address, init] = fetched.mock.calls[0]
    expect(address).toMatch(/explain\/picture\?name=a\+b\.png&contrast=3&contrast=5&k=4&within=2$/)
    expect(init?.body).toBe(picture)
  })

  test('hands on the sentence of a problem, with its code', async () => {
    const detail = 'test example not found: 40, expected 0 to 9'
    answering(() => json({ type: 'about:blank', status: 404, code: 'not-found', detail }, 404))
    await expect(server.explain({})).rejects.toMatchObject({ code: 'not-found', message: detail })
  })

  test('has a sentence of its own for answers that are no problems, and for none', async () => {
    expect(await problemOf(new Response('<h1>', { status: 500 }))).toMatchObject({ code: 'internal' })
    expect(await problemOf(new Response('', { status: 401 }))).toMatchObject({
      code: 'unauthorised',
      message: expect.stringContaining('open the link'),
    })
    vi.stubGlobal('fetch', async () => {
      throw new TypeError('Failed to fetch')
    })
    await expect(server.explainer()).rejects.toMatchObject({ code: 'offline' })
  })

  test('has no map before one is made, and lets problems through', async () => {
    answering(() => json(null))
    expect(await server.map()).toBe(null)
    answering(() => json({ code: 'busy', detail: 'busy' }, 503))
    await expect(server.map()).rejects.toMatchObject({ code: 'busy' })
  })
})

const columns: ExampleColumns = {
  schemaVersion: 1,
  split: 'test',
  of: 2,
  rows: [4, 9],
  ids: ['a', 'b'],
  labels: [1, 0],
  predicted: [1, 2],
  fitted: [1, 2],
  suspicion: null,
}

const entry = (row: number, value: number) => ({ row, value })
const answer = {
  explanation: {
    covered: 0.6,
    excitatory: [entry(1, 4), entry(2, 2)],
    inhibitory: [entry(3, -2), entry(4, -1)],
  },
} as unknown as Answer

const report = (answers: Record<string, Answer>): ReportData =>
  ({
    explainer: { fingerprint: 'f' },
    columns: { test: columns, train: null },
    answers,
    mistakes: { test: null, train: null },
    cells: {},
    suspects: null,
    map: null,
    pictures: { folder: 'pictures/', rows: { train: [7], test: [] } },
  }) as unknown as ReportData

describe('a report as a source', () => {
  const key = (output: number, contrast: number | null = null, within: number | null = null): string =>
    questionKey({ split: 'test', row: 9, output, contrast, within })
  const example = { split: 'test', row: 9 } as const

  test('finds an answer by what was asked, in whatever words', async () => {
    const stored = (name: string) => ({ ...answer, name }) as unknown as Answer
    const source = reportSource(
      report({
        [key(2)]: stored('predicted'),
        [key(0)]: stored('label'),
        [key(2, 0)]: stored('contrast'),
        [key(2, null, 1)]: stored('within'),
      }),
    )
    expect(await source.explain({ example })).toMatchObject({ name: 'predicted' })
    expect(await source.explain({ example, output: 2 })).toMatchObject({ name: 'predicted' })
    expect(await source.explain({ example, output: 'label' })).toMatchObject({ name: 'label' })
    expect(await source.explain({ example, contrast: [2, 0] })).toMatchObject({ name: 'contrast' })
    expect(await source.explain({ example, within: 1 })).toMatchObject({ name: 'within' })
  })

  test('shows fewer where fewer are asked for, and says how much these cover', async () => {
    const source = reportSource(report({ [key(2)]: answer }))
    const { explanation } = await source.explain({ example, k: 1 })
    expect(explanation.excitatory).toEqual([entry(1, 4)])
    expect(explanation.inhibitory).toEqual([entry(3, -2)])
    // 3 of 5 cover 0.6 of the logit: 2 of them cover 0.4.
    expect(explanation.covered).toBeCloseTo(0.4, 12)
  })

  test('says what it does not have, and what to do', async () => {
    const source = reportSource(report({}))
    await expect(source.explain({ example })).rejects.toThrow('this report has no explanation of this output')
    await expect(source.startJob({ kind: 'map' })).rejects.toThrow('representer serve')
    await expect(reportSource(undefined).explainer()).rejects.toThrow('copy its whole folder')
    expect(source.pictureUrl('', 'train', 7)).toBe('pictures/train/7.png')
    expect([source.pictureUrl('', 'train', 8), source.pictureUrl('', 'test', 7)]).toEqual([null, null])
  })
})
