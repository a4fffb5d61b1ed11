import { describe, expect, test } from 'vitest'
import type { ReportData } from '../../../src/server/wire.ts'
import { localReview } from '../../../web/src/review/local-review.ts'

const suspect = (row: number, rank: number) => ({
  rank,
  row,
  id: `id,${row}`,
  output: null,
  label: 0,
  suggested: 1,
  predicted: 1,
  suspicion: 1 / rank,
})

const data = {
  explainer: { fingerprint: 'f', task: 'classification', classes: ['cat', 'dog'], outputs: null },
  columns: {
    train: {
      schemaVersion: 1,
      split: 'train',
      of: 9,
      rows: [3, 8],
      ids: ['id,3', 'id,8'],
      labels: [0, 1],
      predicted: [1, 1],
      fitted: [1, 1],
      suspicion: null,
    },
    test: null,
  },
  suspects: {
    schemaVersion: 1,
    n: 9,
    offset: 0,
    score: 'neighbour-head',
    suspects: [suspect(3, 1), suspect(5, 2)],
  },
} as unknown as ReportData

function browser() {
  const kept = new Map<string, string>()
  return {
    kept,
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, text: string) => void kept.set(name, text),
  }
}
const open = (keeper: ReturnType<typeof browser> | null) => localReview(data, keeper, () => 'now')

describe('decisions in a browser', () => {
  test('are there again when the report is opened again', async () => {
    const keeper = browser()
    await open(keeper).decide({ row: 3, action: 'relabel', newLabel: 1, note: 'a 7' })
    await open(keeper).decide({ row: 5, action: 'keep' })
    const review = await open(keeper).review()
    expect(review?.decisions.map(({ row, action, newLabel, note }) => [row, action, newLabel, note])).toEqual(
      [
        [3, 'relabel', 1, 'a 7'],
        [5, 'keep', null, ''],
      ],
    )
    expect(review?.counts).toEqual({ keep: 1, relabel: 1, exclude: 0, review: 0 })
  })

  test('are seen by another tab, and undone and redone there', async () => {
    const keeper = browser()
    const [one, other] = [open(keeper), open(keeper)]
    await one.decide({ row: 3, action: 'exclude' })
    expect((await other.undo()).decisions).toEqual([])
    expect((await one.redo()).decisions.map(({ row }) => row)).toEqual([3])
    await expect(one.redo()).rejects.toThrow('redo: no decision to redo')
  })

  test('of another explainer are not mixed in, and what cannot be read is passed over', async () => {
    const keeper = browser()
    await open(keeper).decide({ row: 3, action: 'keep' })
    const another = { ...data, explainer: { ...data.explainer, fingerprint: 'g' } }
    expect((await localReview(another, keeper).review())?.decisions).toEqual([])
    for (const text of ['{', '7', 'null', '[null,{"event":"decide"},{"event":"undo"}]']) {
      keeper.kept.set('representer-review-f', text)
      expect((await open(keeper).review())?.decisions).toEqual([])
    }
  })

  test('last while the page is open where a browser keeps nothing', async () => {
    const review = open(null)
    await review.decide({ row: 8, action: 'exclude' })
    expect((await review.review())?.decisions.map(({ id, label }) => [id, label])).toEqual([['id,8', 1]])
  })

  test('about an example that the report does not have are refused', async () => {
    await expect(open(browser()).decide({ row: 7, action: 'keep' })).rejects.toThrow('training example 7')
  })

  test('are exported as CSV with names and quotes, and as nothing else', async () => {
    const review = open(browser())
    await review.decide({ row: 3, action: 'relabel', newLabel: 1, note: 'said "no"' })
    const url = review.exportUrl('csv') ?? ''
    expect(decodeURIComponent(url.slice(url.indexOf(',') + 1))).toBe(
      [
        'id,given_label,new_label,action,suspicion,rank,suggested_label,reviewer,reviewed_at,note,is_label_issue,predicted_label',
        '"id,3",cat,dog,relabel,1,1,dog,,now,"said ""no""",True,dog',
        '',
      ].join('\r\n'),
    )
    expect(review.exportUrl('parquet')).toBe(null)
    expect(await review.pandas()).toContain('corrections.csv')
  })
})
