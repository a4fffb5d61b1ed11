import { readdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { fit } from '../../../src/app/fit/fit.ts'
import { relabel } from '../../../src/app/relabel/relabel.ts'
import { explained, opened } from './reviewed.ts'

test.each<[string, string, (string | number | null)[][], string]>([
  [
    'an id that is none',
    'id action',
    [
      ['train/0', 'keep'],
      ['train/120', 'keep'],
    ],
    'line 3: example not found: train/120, expected the id of a training example of',
  ],
  ['no id', 'id action', [[null, 'keep']], 'line 2: no id, expected one in every row'],
  [
    'another action',
    'id action',
    [['train/0', 'drop']],
    'line 2: action not found: drop, expected one of keep, relabel, exclude, review',
  ],
  [
    'no new label',
    'id action new_label',
    [['train/0', 'relabel', null]],
    'line 2: train/0: no new label, expected one to relabel it',
  ],
  ['no such class', 'id new_label', [['train/0', 3]], 'line 2: class not found: 3, expected one of 0 to 2'],
  ['an output', 'id output action', [['train/0', 1, 'keep']], 'line 2: train/0: output 1, expected none'],
  [
    'two minds',
    'id new_label action',
    [
      ['train/1', 0, 'relabel'],
      ['train/1', null, 'keep'],
      ['train/2', null, 'keep'],
    ],
    'line 3: train/1: keep, but relabel to 0 at ',
  ],
  [
    'no columns',
    'name label',
    [['train/0', 1]],
    'columns name, label, expected id and action, and new_label to relabel',
  ],
])('%s is refused, and the row is named', async (_, header, rows, message) => {
  const { out, corrections, directory } = await explained()
  const before = await readdir(directory)
  await expect(relabel({ directory: out, corrections: await corrections(header, ...rows) })).rejects.toThrow(
    message,
  )
  expect((await readdir(directory)).filter(name => name !== 'corrections.csv')).toEqual(before)
})

test('a label that was not the one corrected is refused, unless it is the new one already', async () => {
  const { out, corrections } = await explained()
  const label = (await opened(out)).examples.labels?.[5] ?? 0
  const [other, third] = [(label + 1) % 3, (label + 2) % 3]
  const header = 'id given_label new_label action'
  const wrong = await corrections(header, ['train/5', other, third, 'relabel'])
  await expect(relabel({ directory: out, corrections: wrong })).rejects.toThrow(
    `corrections.csv: line 2: train/5: given label ${other}, expected ${label} as in ${out}, decide about it again`,
  )
  const done = await corrections(header, ['train/5', other, label, 'relabel'])
  expect(await relabel({ directory: out, corrections: done })).toMatchObject({ relabelled: 0 })
})

test('rows without an action correct nothing, the same correction twice is one, and 1.0 is class 1', async () => {
  const { out, corrections } = await explained()
  const label = (await opened(out)).examples.labels?.[5] ?? 0
  const to = `${(label + 1) % 3}.0`
  const rows = [
    ['train/5', to, 'relabel'],
    ['train/5', to, 'relabel'],
    ['train/6', '', ''],
  ]
  const file = await corrections('id new_label action', ...rows)
  expect(await relabel({ directory: out, corrections: file })).toMatchObject({
    relabelled: 1,
    excluded: 0,
    kept: 0,
  })
})

test('an explainer of which nothing would be left, and one without labels, are refused', async () => {
  const { out, corrections, bundle } = await explained()
  const all = Array.from({ length: 120 }, (_, row) => [`train/${row}`, 'exclude'])
  await expect(
    relabel({ directory: out, corrections: await corrections('id action', ...all) }),
  ).rejects.toThrow(`${out}: all 120 training examples are excluded, keep some`)
  const { features, logits } = bundle
  await fit({ features, logits, out, force: true })
  await expect(relabel({ directory: out })).rejects.toThrow(
    `${out}: no labels to correct, run fit again with --labels`,
  )
  await expect(relabel({ directory: '.' })).rejects.toThrow(
    '.: no name to write a corrected explainer beside, expected --out',
  )
})
