import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Decision, Review } from '../../../src/server/wire.ts'
import { fitting, labelOptions } from '../../../web/src/review/label-options.ts'
import { withDecision } from '../../../web/src/review/optimistic.ts'
import { progressOf, progressWords } from '../../../web/src/review/progress.ts'
import { byDoubted, keyOf, nextOpen, startAt, stepped } from '../../../web/src/review/queue.ts'

const queue = [7, 3, 9, 1].map(row => ({ row, output: null }))
const decisionOf = (row: number, action: Decision['action']): Decision => ({
  id: `id-${row}`,
  row,
  output: null,
  action,
  label: 0,
  newLabel: action === 'relabel' ? 1 : null,
  note: '',
  reviewer: '',
  at: '2026-01-01T00:00:00Z',
})
const EMPTY: Review = {
  schemaVersion: 1,
  decisions: [],
  counts: { keep: 0, relabel: 0, exclude: 0, review: 0 },
  undo: null,
  redo: null,
}

describe('a queue', () => {
  test('holds at its ends', () => {
    expect([stepped(0, -1, 4), stepped(3, 1, 4), stepped(1, 1, 4), stepped(0, 1, 0)]).toEqual([0, 3, 2, 0])
  })

  test('goes on at the next without a decision, also before it', () => {
    expect(nextOpen(0, queue, new Set(['3']))).toBe(2)
    expect(nextOpen(3, queue, new Set(['7', '1']))).toBe(1)
    expect(nextOpen(1, queue, new Set(['7', '3', '9', '1']))).toBe(2)
    expect(nextOpen(3, queue, new Set(['7', '3', '9', '1']))).toBe(3)
  })

  test('never goes on at what is decided while something is open', () => {
    fc.assert(
      fc.property(fc.nat(3), fc.subarray(queue.map(keyOf)), (at, decided) => {
        const next = nextOpen(at, queue, new Set(decided))
        const others = queue.filter((suspect, i) => i !== at && !decided.includes(keyOf(suspect)))
        if (others.length > 0) expect(others).toContain(queue[next])
      }),
    )
  })

  test('is taken up at the named suspect, else at the first without a decision', () => {
    const decided = byDoubted([decisionOf(7, 'keep'), decisionOf(9, 'keep')])
    expect(startAt({ row: 9, output: null }, queue, decided)).toBe(2)
    expect(startAt({ row: 100, output: null }, queue, decided)).toBe(1)
    expect(startAt(null, queue, byDoubted(queue.map(({ row }) => decisionOf(row, 'keep'))))).toBe(0)
  })
})

describe('progress', () => {
  test('counts what is decided of the queue; later is not yet', () => {
    const decisions = byDoubted([
      decisionOf(7, 'relabel'),
      decisionOf(3, 'review'),
      decisionOf(1, 'exclude'),
      decisionOf(50, 'exclude'),
    ])
    expect(progressWords(progressOf(queue, decisions))).toBe('2 of 4; 1 relabelled, 1 excluded, 1 for later')
    expect(progressWords(progressOf(queue, new Map()))).toBe('0 of 4')
  })
})

describe('a decision before its answer', () => {
  const example = { id: 'id-3', label: 5 }

  test('stands as the server will say it', () => {
    const review = withDecision(EMPTY, { row: 3, action: 'relabel', newLabel: 1 }, example, 'now')
    expect(review.decisions).toEqual([{ ...decisionOf(3, 'relabel'), label: 5, at: 'now' }])
    expect(review.undo).toEqual(review.decisions[0])
    expect(review.counts.relabel).toBe(1)
  })

  test('takes the place of the one before, in the order of rows, and leaves nothing to redo', () => {
    const before = {
      ...EMPTY,
      decisions: [decisionOf(1, 'keep'), decisionOf(3, 'keep')],
      redo: decisionOf(9, 'keep'),
    }
    const review = withDecision(before, { row: 3, action: 'exclude' }, example, 'now')
    expect(review.decisions.map(({ row, action }) => [row, action])).toEqual([
      [1, 'keep'],
      [3, 'exclude'],
    ])
    expect(review.counts).toEqual({ keep: 1, relabel: 0, exclude: 1, review: 0 })
    expect(review.redo).toBe(null)
    expect(before.decisions.length).toBe(2)
  })

  test('about one output leaves those about others', () => {
    const one = withDecision(EMPTY, { row: 3, output: 0, action: 'keep' }, example, 'now')
    const both = withDecision(one, { row: 3, output: 2, action: 'exclude' }, example, 'now')
    expect(both.decisions.map(({ output }) => output)).toEqual([0, 2])
  })
})

describe('labels to choose from', () => {
  const name = (label: number): string => `class ${label}`

  test('are classes, the most likely first', () => {
    const options = labelOptions(
      'classification',
      null,
      { logits: [1, 3, 2], probabilities: [0.1, 0.6, 0.3] },
      name,
    )
    expect(options.map(({ label, probability }) => [label, probability])).toEqual([
      [1, 0.6],
      [2, 0.3],
      [0, 0.1],
    ])
  })

  test('are two classes where one output decides between them', () => {
    const options = labelOptions('classification', null, { logits: [-2], probabilities: [0.1] }, name)
    expect(options.map(({ label, probability }) => [label, probability])).toEqual([
      [0, 0.9],
      [1, 0.1],
    ])
  })

  test('are yes and no at one output of several', () => {
    const options = labelOptions('multi-label', 1, { logits: [5, -1], probabilities: [0.99, 0.27] }, name)
    expect(options.map(({ label }) => label)).toEqual([0, 1])
    expect(options[0].probability).toBeCloseTo(0.73)
  })

  test('are none where labels are numbers', () => {
    expect(labelOptions('regression', 0, { logits: [1], probabilities: null }, name)).toEqual([])
  })

  test('are found by what is typed: the very name before one that begins so, and that before one that has it', () => {
    const options = ['tomcat', 'cattle', 'Cat', 'dog'].map((name, label) => ({
      label,
      name,
      probability: null,
    }))
    const found = (text: string) => fitting(options, text).map(({ name }) => name)
    expect(['cat', 'catt', 'mca', ' DOG ', 'cow'].map(found)).toEqual([
      ['Cat', 'cattle', 'tomcat'],
      ['cattle'],
      ['tomcat'],
      ['dog'],
      [],
    ])
    expect(found('')).toEqual(options.map(({ name }) => name))
  })
})
