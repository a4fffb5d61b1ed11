import { beforeAll, describe, expect, test } from 'vitest'
import { random, randomNormal } from '../../../src/math/random.ts'
import { memoryRows } from '../../../src/math/rows.ts'
import { fitHead } from '../../../src/method/fit/fit.ts'
import type { Problem } from '../../../src/method/head/problem.ts'
import { labelTargets } from '../../../src/method/head/targets.ts'
import { averagePrecision, rocAuc } from '../../../src/method/metrics/detection.ts'
import { dealFolds } from '../../../src/method/scores/folds.ts'
import { plantLabelNoise } from '../../../src/method/scores/label-noise.ts'
import { SCORE_NAMES, type ScoreName } from '../../../src/method/scores/names.ts'
import { findNeighbours, votedTargets } from '../../../src/method/scores/neighbours.ts'
import { mislabelScores } from '../../../src/method/scores/scores.ts'
import type { ScoreSource } from '../../../src/method/scores/source.ts'
import type { Suspicions } from '../../../src/method/scores/suspicion.ts'
import { cpuRuntime } from '../../../src/runtime/onnxruntime.node.ts'

const runtime = cpuRuntime()
const [N, D, C] = [600, 6, 3]

/** Clouds around the axes, with labels of which a fifth are wrong. */
const truth = Int32Array.from({ length: N }, (_, i) => i % C)
const { labels, isWrong } = plantLabelNoise(truth, C, { share: 0.2, kind: 'symmetric', seed: 3 })
const normal = randomNormal(5)
const data = Float32Array.from(
  { length: N * D },
  (_, at) => normal() + (at % D === truth[Math.floor(at / D)] ? 3 : 0),
)
const problem: Problem = {
  features: memoryRows({ rows: N, cols: D, data }),
  targets: labelTargets(labels, C),
  activation: 'softmax',
  lambda: 0.003,
  bias: 'regularised',
}

describe('with a fifth of the labels wrong', () => {
  let source: ScoreSource
  const found = new Map<ScoreName, Suspicions>()
  beforeAll(async () => {
    const { theta } = await fitHead(runtime, problem)
    // A given model that has learnt what is right, as far as a head can.
    const right = { ...problem, targets: labelTargets(truth, C) }
    const teacher = { problem: right, theta: (await fitHead(runtime, right)).theta }
    source = { problem, theta, classes: labels, teacher }
    for (const name of SCORE_NAMES) found.set(name, await mislabelScores(runtime, name, source))
  })
  const suspicion = (name: ScoreName) => (found.get(name) as Suspicions).suspicion

  // A teacher that is fitted exactly knows nothing of the labels that were planted.
  const INFORMED = SCORE_NAMES.filter(name => name !== 'random' && name !== 'alpha-teacher')

  test.each(INFORMED)('%s finds them better than chance', name => {
    const chance = suspicion('random')
    expect(rocAuc(suspicion(name), isWrong)).toBeGreaterThan(rocAuc(chance, isWrong) + 0.2)
    expect(averagePrecision(suspicion(name), isWrong)).toBeGreaterThan(
      averagePrecision(chance, isWrong) + 0.2,
    )
  })

  test('|α| of the fit with labels orders as its loss does', () => {
    const [alpha, loss] = [suspicion('alpha'), suspicion('loss')]
    const order = [...alpha.keys()].sort((a, b) => alpha[b] - alpha[a])
    for (let k = 1; k < N; k++) expect(loss[order[k - 1]]).toBeGreaterThanOrEqual(loss[order[k]])
    // |α| = (1 − p) / 2λn and the loss is −log p.
    for (let i = 0; i < N; i++) {
      expect(alpha[i] * 2 * problem.lambda * N).toBeCloseTo(1 - Math.exp(-loss[i]), 9)
    }
  })

  test('another label is suggested exactly where the margin or the odds are for it', () => {
    const [{ suggested: byMargin }, { suggested: byHead }] = [
      found.get('margin') as Suspicions,
      found.get('neighbour-head') as Suspicions,
    ]
    for (let i = 0; i < N; i++) {
      expect(suspicion('margin')[i] > 0).toBe(byMargin?.[i] !== labels[i])
      expect(suspicion('neighbour-head')[i] > 0.5).toBe(byHead?.[i] !== labels[i])
    }
  })

  test('what is suggested for wrong labels is mostly what is right', () => {
    for (const name of ['neighbour-head', 'neighbours', 'out-of-fold', 'confident-learning'] as const) {
      const { suggested } = found.get(name) as Suspicions
      const wrong = [...labels.keys()].filter(i => isWrong[i])
      const right = wrong.filter(i => suggested?.[i] === truth[i])
      expect(right.length / wrong.length, name).toBeGreaterThan(0.85)
    }
  })

  test('the same seed says the same, another does not', async () => {
    const again = await mislabelScores(runtime, 'random', source)
    const other = await mislabelScores(runtime, 'random', { ...source, seed: 1 })
    expect(again.suspicion).toEqual(suspicion('random'))
    expect(other.suspicion).not.toEqual(suspicion('random'))
  })
})

test('an example has no vote of its own, and exact copies of it have', async () => {
  const copies = { rows: 6, cols: 2, data: Float32Array.of(1, 0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 1) }
  const source = {
    problem: {
      ...problem,
      features: memoryRows(copies),
      targets: labelTargets(Int32Array.of(0, 1, 2, 2, 0, 1), 3),
    },
    theta: { rows: 3, cols: 3, data: new Float64Array(9) },
    classes: null,
  }
  const neighbourhood = await findNeighbours(runtime, source)
  expect(neighbourhood.k).toBe(5)
  const votes = await votedTargets(neighbourhood).fetch([0, 5])
  const counts = Array.from(votes.data, x => Math.round(5 * x))
  // Of the others: row 0 has one of class 0, two of class 1 and two of class 2.
  expect(counts).toEqual([1, 2, 2, 2, 1, 2])
  // Of classes of two examples each, one neighbour is asked: of row 0 its copy, which has class 1.
  const one = await findNeighbours(runtime, { ...source, classes: Int32Array.of(0, 1, 2, 2, 0, 1) })
  expect((await votedTargets(one).fetch([0])).data).toEqual(Float32Array.of(0, 1, 0))
})

test('a class with few examples is not outvoted where they stand together', async () => {
  const sizes = [400, 400, 8]
  const [n, d] = [808, 3]
  const [normal, uniform] = [randomNormal(3), random(4)]
  const truth = Int32Array.from(sizes.flatMap((size, y) => Array<number>(size).fill(y)))
  const isFlipped = Array.from(truth, y => y < 2 && uniform() < 0.05)
  const classes = truth.map((y, i) => (isFlipped[i] ? 1 - y : y))
  const data = Float32Array.from(
    { length: n * d },
    (_, at) => normal() + (at % d === truth[Math.floor(at / d)] ? 8 : 0),
  )
  const rare = {
    features: memoryRows({ rows: n, cols: d, data }),
    targets: labelTargets(classes, d),
    activation: 'softmax',
    lambda: 0.003,
    bias: 'regularised',
  } as const
  const { theta } = await fitHead(runtime, rare)
  for (const score of ['neighbours', 'neighbour-head'] as const) {
    const { suspicion, suggested } = await mislabelScores(runtime, score, { problem: rare, theta, classes })
    expect([...(suggested ?? []).slice(800)], score).toEqual(Array(8).fill(2))
    const least = Math.min(...suspicion.filter((_, i) => isFlipped[i]))
    expect(Math.max(...suspicion.slice(800)), score).toBeLessThan(least)
  }
})

test('of more examples than vote, a class with few has enough voters for a whole vote', async () => {
  const [n, few] = [30_000, 30]
  const classes = Int32Array.from({ length: n }, (_, i) => (i < few ? 2 : i % 2))
  const normal = randomNormal(6)
  const many: Problem = {
    features: memoryRows({ rows: n, cols: 2, data: Float32Array.from({ length: 2 * n }, normal) }),
    targets: labelTargets(classes, 3),
    activation: 'softmax',
    lambda: 0.003,
    bias: 'none',
  }
  const theta = { rows: 2, cols: 3, data: new Float64Array(6) }
  const { votes, counts, nearest, k } = await findNeighbours(runtime, { problem: many, theta, classes })
  const voters = [0, 1, 2].map(y => votes.data.reduce((sum, x, at) => sum + (at % 3 === y ? x : 0), 0))
  expect(voters[2]).toBe(21)
  expect(voters[0] + voters[1]).toBeGreaterThan(16_000)
  expect(new Set(counts)).toEqual(new Set([20]))
  expect([k, nearest.length, Math.max(...voters) < n / 2]).toEqual([20, 20 * n, true])
})

test('of copies, and of features that are zero, no class has the first say', async () => {
  const [n, c, half] = [240, 2, 60]
  // As files come: class by class, of each a half that are copies of one example, and a half without features.
  const classes = Int32Array.from({ length: n }, (_, i) => Math.floor((c * i) / n))
  const isCopy = (i: number) => i % (n / c) < half
  const source = {
    problem: {
      ...problem,
      features: memoryRows({
        rows: n,
        cols: 1,
        data: Float32Array.from({ length: n }, (_, i) => Number(isCopy(i))),
      }),
      targets: labelTargets(classes, c),
    },
    theta: { rows: 2, cols: c, data: new Float64Array(2 * c) },
    classes,
  }
  const seeds = Array.from({ length: 20 }, (_, seed) => seed)
  const suspicion = await Promise.all(
    seeds.map(seed => mislabelScores(runtime, 'neighbours', { ...source, seed })),
  )
  for (const rows of [
    [0, half - 1],
    [half, 2 * half - 1],
    [2 * half, 3 * half - 1],
    [3 * half, n - 1],
  ]) {
    for (const row of rows) {
      const share = suspicion.reduce((sum, { suspicion }) => sum + suspicion[row], 0) / seeds.length
      expect(share, `row ${row}`).toBeGreaterThan(0.4)
      expect(share, `row ${row}`).toBeLessThan(0.6)
    }
  }
})

test('votes are the same by block and by row', async () => {
  const theta = { rows: D + 1, cols: C, data: new Float64Array((D + 1) * C) }
  const voted = votedTargets(await findNeighbours(runtime, { problem, theta, classes: labels }))
  const rows: number[] = []
  for await (const { start, matrix } of voted.blocks(256, 100)) {
    const wanted = Array.from({ length: matrix.rows }, (_, i) => start + i)
    expect(matrix.data).toEqual((await voted.fetch(wanted)).data)
    rows.push(...wanted)
  }
  expect(rows).toEqual(Array.from({ length: N - 100 }, (_, i) => i + 100))
})

test('folds share each class alike', () => {
  const fold = dealFolds(N, labels, 1)
  for (let j = 0; j < C; j++) {
    const counts = [0, 0, 0, 0, 0]
    for (let i = 0; i < N; i++) if (labels[i] === j) counts[fold[i]]++
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
  }
})

describe('planted noise', () => {
  const many = Int32Array.from({ length: 20_000 }, (_, i) => i % 5)

  test.each([0, 0.05, 0.4])('is a share of %s, and changes each label it says', share => {
    for (const kind of ['symmetric', 'pair'] as const) {
      const noisy = plantLabelNoise(many, 5, { share, kind, seed: 2 })
      const wrong = noisy.isWrong.reduce((sum, x) => sum + x, 0)
      expect(Math.abs(wrong / many.length - share)).toBeLessThan(0.02)
      for (let i = 0; i < many.length; i++) {
        expect(noisy.labels[i] !== many[i]).toBe(noisy.isWrong[i] === 1)
      }
    }
  })

  test('goes to all other classes alike, or to the one after', () => {
    const noisy = plantLabelNoise(many, 5, { share: 0.4, kind: 'symmetric', seed: 2 })
    const steps = [0, 0, 0, 0, 0]
    noisy.labels.forEach((y, i) => {
      steps[(y - many[i] + 5) % 5]++
    })
    for (const count of steps.slice(1)) expect(Math.abs(count / many.length - 0.1)).toBeLessThan(0.01)
    const pairs = plantLabelNoise(many, 5, { share: 0.4, kind: 'pair', seed: 2 })
    pairs.labels.forEach((y, i) => {
      expect(y).toBe((many[i] + pairs.isWrong[i]) % 5)
    })
  })

  test('is the same for the same seed, as is no noise for none', () => {
    const options = { share: 0.3, kind: 'symmetric', seed: Math.floor(1000 * random(9)()) } as const
    expect(plantLabelNoise(many, 5, options)).toEqual(plantLabelNoise(many, 5, options))
    expect(plantLabelNoise(many, 5, { ...options, share: 0 }).labels).toEqual(many)
  })
})
