import { expect, test } from 'vitest'
import { coveredWords } from '../../web/src/view/covered.ts'
import { settled } from '../../web/src/view/settled.ts'

test('a share of the logit is told only where it is one', () => {
  const words = (covered: number | null) => coveredWords({ covered }, 0)?.replace('\u00a0', ' ') ?? null
  expect(words(0.831)).toBe('83 %')
  expect(words(0)).toBe('0 %')
  expect(words(1)).toBe('100 %')
  for (const none of [-0.01, 1.01, -5, 40, null, Number.NaN]) expect(words(none)).toBeNull()
})

test('where there are no test examples a view of them becomes one of the training examples, and settles', () => {
  const change = settled({ split: 'test' }, { tests: 0 })
  expect(change).toEqual({ split: 'train', row: null, cell: null })
  expect(settled({ split: 'train' }, { tests: 0 })).toBeNull()
  expect(settled({ split: 'test' }, { tests: 5 })).toBeNull()
})
