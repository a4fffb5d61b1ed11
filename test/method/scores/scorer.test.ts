import { beforeAll, expect, test } from 'vitest'
import type { ScoreName } from '../../../src/method/scores/names.ts'
import { MislabelScorer, mislabelScores, type Scored } from '../../../src/method/scores/scores.ts'
import type { ScoreSource, ScoreStep } from '../../../src/method/scores/source.ts'
import { cpuRuntime } from '../../../src/runtime/onnxruntime.node.ts'
import { fitted, LABELS, N, problemOf } from '../attribution/heads.ts'

const runtime = cpuRuntime()

/** Scores that look at the same, beside each other. */
const SHARING: readonly ScoreName[] = [
  'neighbours',
  'neighbour-head',
  'out-of-fold',
  'confident-learning',
  'leave-one-out',
  'cooks-distance',
  'self-influence',
]

let source: ScoreSource
const steps: ScoreStep[] = []
const scored = new Map<ScoreName, Scored>()
beforeAll(async () => {
  const problem = problemOf('softmax with labels', 'regularised')
  source = { problem, theta: await fitted(runtime, problem), classes: LABELS }
  const scorer = new MislabelScorer(runtime, { ...source, onProgress: step => steps.push(step) })
  for (const name of SHARING) scored.set(name, await scorer.score(name))
})

test.each(SHARING)('%s says after others what it says alone', async name => {
  const { suspicion, outputs, suggested } = await mislabelScores(runtime, name, source)
  expect(scored.get(name)).toMatchObject({ suspicion, outputs, suggested })
})

test('what several look at is made once', () => {
  const begun = (phase: ScoreStep['phase']) => steps.filter(step => step.phase === phase && step.done === 0)
  for (const phase of ['neighbours', 'votes', 'folds', 'hessian', 'leverages'] as const) {
    expect(begun(phase), phase).toHaveLength(1)
  }
  expect(steps.filter(({ phase }) => phase === 'folds').map(({ done, total }) => [done, total])).toEqual(
    Array.from({ length: 5 }, (_, fold) => [fold, 5]),
  )
  for (const { phase, done, total } of steps) {
    expect(done).toBeLessThan(total)
    if (phase === 'neighbours' || phase === 'leverages') expect(total).toBe(N)
  }
})

test('what was made before counts for each that looks at it', async () => {
  const slow = 0.05
  const late = { ...source, onProgress: ({ phase }: ScoreStep) => phase === 'hessian' && hold(slow) }
  const scorer = new MislabelScorer(runtime, late)
  expect((await scorer.score('leave-one-out')).seconds).toBeGreaterThanOrEqual(slow)
  expect((await scorer.score('cooks-distance')).seconds).toBeGreaterThanOrEqual(slow)
  expect((await scorer.score('loss')).seconds).toBeGreaterThan(0)
})

test.each(['neighbours', 'out-of-fold', 'leave-one-out'] as const)(
  '%s stops where it is told to',
  async name => {
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(mislabelScores(runtime, name, { ...source, signal })).rejects.toThrow('enough')
  },
)

/** Keeps the processor busy. */
function hold(seconds: number): void {
  const end = performance.now() + 1000 * seconds
  while (performance.now() < end);
}
