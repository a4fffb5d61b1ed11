import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldReview, type KeptDecision, type ReviewEvent } from '../../../src/app/review/decisions.ts'
import { decideLine, parseReviewLine, stepLine } from '../../../src/app/review/review-lines.ts'

const decision = (row: number, change: Partial<KeptDecision> = {}): KeptDecision => ({
  id: `train/${row}`,
  output: null,
  action: 'exclude',
  label: 0,
  newLabel: null,
  note: '',
  reviewer: '',
  at: '2026-01-01T00:00:00.000Z',
  ...change,
})

/** Ten examples are there. */
const rowOf = (id: string) => {
  const row = Number(id.slice('train/'.length))
  return row < 10 ? row : undefined
}

type Step = 'undo' | 'redo' | { readonly row: number; readonly note: string }

/** A log as one process writes it: steps that have nothing to do are not written. */
function written(steps: readonly Step[]): ReviewEvent[] {
  const events: ReviewEvent[] = []
  for (const step of steps) {
    const line = events.length + 1
    if (typeof step === 'object') {
      events.push({ event: 'decide', line, decision: decision(step.row, { note: step.note }) })
      continue
    }
    const of = foldReview(events, rowOf)[step]
    if (of !== null) events.push({ event: step, of })
  }
  return events
}

/** The same by two stacks, as an editor has them. */
function byStacks(steps: readonly Step[]) {
  const done: { row: number; note: string }[] = []
  let undone: typeof done = []
  for (const step of steps) {
    if (typeof step === 'object') {
      done.push(step)
      undone = []
    } else {
      const [from, to] = step === 'undo' ? [done, undone] : [undone, done]
      const moved = from.pop()
      if (moved) to.push(moved)
    }
  }
  const last = new Map<number, string>()
  for (const { row, note } of done) last.set(row, note)
  return {
    decisions: [...last].sort(([a], [b]) => a - b),
    undo: done.at(-1)?.note ?? null,
    redo: undone.at(-1)?.note ?? null,
  }
}

const steps = fc.array(
  fc.oneof(
    fc.constantFrom<Step[]>('undo', 'redo'),
    fc.record({ row: fc.nat(9), note: fc.string({ minLength: 1 }) }),
  ),
)

test('a log read from its beginning is what two stacks of decisions come to', () => {
  fc.assert(
    fc.property(steps, steps => {
      const { review } = foldReview(written(steps), rowOf)
      expect({
        decisions: review.decisions.map(({ row, note }) => [row, note]),
        undo: review.undo?.note ?? null,
        redo: review.redo?.note ?? null,
      }).toEqual(byStacks(steps))
    }),
  )
})

test('everything undone and redone again is as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9)), rows => {
      const decided = rows.map((row, at): Step => ({ row, note: `${at}` }))
      const before = foldReview(written(decided), rowOf)
      const back = [...decided, ...rows.map((): Step => 'undo')]
      expect(foldReview(written(back), rowOf).review.decisions).toEqual([])
      const again = [...back, ...rows.map((): Step => 'redo')]
      expect(foldReview(written(again), rowOf)).toEqual(before)
    }),
  )
})

test('of two undos of one decision at once, one counts', () => {
  const events = written([
    { row: 1, note: 'first' },
    { row: 2, note: 'second' },
  ])
  const undo: ReviewEvent = { event: 'undo', of: 2 }
  const { review } = foldReview([...events, undo, undo], rowOf)
  expect(review.decisions.map(({ note }) => note)).toEqual(['first'])
  expect(foldReview([...events, undo, undo, { event: 'redo', of: 2 }], rowOf).review.decisions).toHaveLength(
    2,
  )
})

test('a decision is about one output, and the last one of each counts', () => {
  const about = (output: number, note: string, line: number): ReviewEvent => ({
    event: 'decide',
    line,
    decision: decision(3, { output, note }),
  })
  const { review } = foldReview([about(1, 'a', 1), about(0, 'b', 2), about(1, 'c', 3)], rowOf)
  expect(review.decisions.map(({ output, note }) => [output, note])).toEqual([
    [0, 'b'],
    [1, 'c'],
  ])
})

test('examples that are gone take nothing of the others, and neither do steps about nothing', () => {
  const gone: ReviewEvent = { event: 'decide', line: 2, decision: decision(12) }
  const [first] = written([{ row: 1, note: 'first' }])
  const { review, undo } = foldReview(
    [first, gone, { event: 'undo', of: 2 }, { event: 'redo', of: 9 }],
    rowOf,
  )
  expect([review.decisions.map(({ note }) => note), undo, review.redo]).toEqual([['first'], 1, null])
})

test('what is counted is what stands', () => {
  const actions = ['keep', 'relabel', 'exclude', 'review', 'exclude'] as const
  const events = actions.map(
    (action, row): ReviewEvent => ({ event: 'decide', line: row + 1, decision: decision(row, { action }) }),
  )
  expect(foldReview(events, rowOf).review.counts).toEqual({ keep: 1, relabel: 1, exclude: 2, review: 1 })
})

test('an event is read from its line as it was written', () => {
  const made = decision(4, { action: 'relabel', newLabel: 2, note: 'two\nlines, "quoted" \u2028', output: 1 })
  expect(parseReviewLine(decideLine(made), 7)).toEqual({ event: 'decide', line: 7, decision: made })
  expect(decideLine(made)).not.toContain('\n')
  expect(parseReviewLine(stepLine('redo', 3, 'now'), 7)).toMatchObject({ event: 'redo', of: 3 })
})

test.each([
  '',
  '{',
  '[]',
  '{"event":"decide"}',
  '{"event":"drop","of":1}',
  '{"event":"undo","of":-1,"at":""}',
])('%j is no event', text => {
  expect(parseReviewLine(text, 1)).toBe(null)
})
