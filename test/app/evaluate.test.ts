import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type EvaluateAnswer, evaluate } from '../../src/app/evaluate/evaluate.ts'
import type { EvaluatePlan, EvaluateStep } from '../../src/app/evaluate/options.ts'
import { pathPoint } from '../../src/app/evaluate/path.ts'
import { askedPoints, neighbours, rank } from '../../src/app/evaluate/rankings.ts'
import { openSetting } from '../../src/app/evaluate/setting.ts'
import { fit } from '../../src/app/fit/fit.ts'
import { openRuntime } from '../../src/app/machine/runtime.ts'
import { random, randomNormal } from '../../src/math/random.ts'
import { fitHead } from '../../src/method/fit/fit.ts'
import { plantLabelNoise } from '../../src/method/scores/label-noise.ts'
import type { ScoreName } from '../../src/method/scores/names.ts'
import { ExplainerReader } from '../../src/store/read.node.ts'
import { type Bundle, saveArray, temporaryDirectory, writeBundle } from './bundle.ts'

const SMALL = { steps: 1, tests: 8 }

/** Nothing is planted where it is not asked for. */
const QUIET = { ...SMALL, noise: 0 }

type FitChoices = Partial<Parameters<typeof fit>[0]>

/** Clouds around the axes, with the right class of each as its label. */
async function clouds(n = 300): Promise<Pick<Bundle, 'features' | 'labels' | 'logits' | 'out'>> {
  const directory = await temporaryDirectory()
  const [d, c] = [5, 3]
  const [normal, uniform] = [randomNormal(5), random(2)]
  const truth = Array.from({ length: n }, () => Math.floor(c * uniform()))
  const save = (name: string, cols: number, value: (i: number, j: number) => number) =>
    saveArray(directory, name, {
      dtype: 'float32',
      shape: [n, cols],
      data: Float32Array.from({ length: n * cols }, (_, k) => value(Math.floor(k / cols), k % cols)),
    })
  return {
    features: await save('features', d, (i, a) => normal() + (a === truth[i] ? 3 : 0)),
    logits: await save('logits', c, (i, j) => 0.5 * normal() + (j === truth[i] ? 3 : 0)),
    labels: await saveArray(directory, 'labels', {
      dtype: 'int64',
      shape: [n],
      data: BigInt64Array.from(truth, BigInt),
    }),
    out: join(directory, 'explainer'),
  }
}

async function evaluated(options: object = {}, choices: FitChoices = {}): Promise<EvaluateAnswer> {
  const bundle = await writeBundle({ n: 120 })
  await fit({ ...bundle, lambda: 0.01, ...choices })
  return evaluate({ directory: bundle.out, ...options })
}

/** All but what the clock says. */
function untimed({ seconds: _, path, mislabels, ...rest }: EvaluateAnswer): unknown {
  const scores = Object.entries(mislabels?.scores ?? {}).map(([name, { seconds: _, ...score }]) => [
    name,
    score,
  ])
  return {
    ...rest,
    path: path.map(({ seconds: _, ...point }) => point),
    mislabels: mislabels && { ...mislabels, scores: Object.fromEntries(scores) },
  }
}

describe('the path over λ', () => {
  test('comes closer to the given model as λ falls, and says of the stored head what fit said', async () => {
    const bundle = await writeBundle({ n: 150 })
    const { fidelity } = await fit({ ...bundle, lambda: 0.01 })
    const { path, problem } = await evaluate({ directory: bundle.out, ...QUIET, steps: 3 })
    expect(path).toHaveLength(7)
    expect(path.map(({ isStored }) => isStored)).toEqual([false, false, false, true, false, false, false])
    for (const [k, point] of path.entries()) {
      if (k === 0) continue
      const before = path[k - 1]
      expect(point.lambda).toBeLessThan(before.lambda)
      for (const split of ['train', 'test'] as const) {
        expect(point[split]?.pearson).toBeGreaterThan(before[split]?.pearson as number)
        expect(point[split]?.meanAbsoluteDifference).toBeLessThan(
          before[split]?.meanAbsoluteDifference as number,
        )
      }
      expect(point.completenessGap).toBeLessThanOrEqual(1e-4)
    }
    expect(path[3].lambda).toBe(problem.lambda)
    for (const split of ['train', 'test'] as const) {
      const said = fidelity[split]
      expect(path[3][split]?.pearson).toBeCloseTo(said?.pearson as number, 6)
      expect(path[3][split]?.argmaxAgreement).toBe(said?.argmaxAgreement)
    }
  })

  test('sees in the gap a free bias that is not stationary', async () => {
    const bundle = await writeBundle({ n: 60 })
    await fit({ ...bundle, bias: 'free', lambda: 0.01 })
    const setting = await openSetting(await ExplainerReader.open(bundle.out))
    const { problem, solution } = setting
    const { theta: weights } = await fitHead(openRuntime(), { ...problem, bias: 'none' })
    const theta = { ...solution.theta, data: new Float64Array(solution.theta.data.length) }
    theta.data.set(weights.data)
    const at = { lambda: problem.lambda, status: 'converged', seconds: 0 } as const
    const gapOf = async (head: typeof solution.theta) =>
      (await pathPoint(openRuntime(), setting, { ...at, theta: head })).completenessGap
    expect(await gapOf(solution.theta)).toBeLessThanOrEqual(1e-4)
    expect(await gapOf(theta)).toBeGreaterThan(0.1)
  })

  test('without a given model knows how often labels are predicted, and says what is not known', async () => {
    const { logits: _, testLogits: __, ...bundle } = await writeBundle({ n: 90 })
    const { headWeight: ___, headBias: ____, ...arrays } = bundle
    await fit(arrays)
    const { path, leftOut } = await evaluate({ directory: bundle.out, ...QUIET })
    expect(leftOut).toMatchObject([{ part: 'fidelity' }])
    for (const { train, test } of path) {
      expect(train).toMatchObject({ pearson: null, meanAbsoluteDifference: null, argmaxAgreement: null })
      expect(train.accuracy).toBeGreaterThan(0.7)
      expect(test?.accuracy).toBeGreaterThan(0.6)
    }
  })
})

describe('the certificate', () => {
  test.each([
    {},
    { bias: 'free' },
    { bias: 'free', kernel: 'centred' },
    { dtype: 'float16' },
  ] as FitChoices[])('holds of what fit %j wrote', async choices => {
    const { certificate, problem } = await evaluated({ ...QUIET, steps: 0 }, choices)
    expect(certificate).toMatchObject({ holds: true, status: 'converged', gap: 1e-4 })
    expect(certificate.train).toBeLessThanOrEqual(1e-4)
    expect(certificate.stationary).toBeLessThanOrEqual(1e-4)
    expect(problem.n).toBe(120)
  })

  test('does not hold where stored α are others than the fit made', async () => {
    const bundle = await writeBundle({ n: 60 })
    await fit(bundle)
    const file = join(bundle.out, 'alpha.npy')
    const bytes = await readFile(file)
    // The last of α, a half of it: sizes and versions stay right.
    bytes.writeFloatLE(bytes.readFloatLE(bytes.length - 4) / 2 + 0.01, bytes.length - 4)
    await writeFile(file, bytes)
    const { certificate } = await evaluate({ directory: bundle.out, ...QUIET, steps: 0 })
    expect(certificate.holds).toBe(false)
    expect(certificate.residual).toBeGreaterThan(1e-3)
  })
})

describe('stability', () => {
  test('compares neighbours along the path, and is 1 where λ hardly changes what is shown', async () => {
    const { stability, path } = await evaluated({ ...QUIET, steps: 2 })
    expect(stability).toMatchObject({ tests: 8, ofTraining: false, topK: 10, ranked: 120 })
    expect(stability.neighbours.map(({ lambdas }) => lambdas)).toEqual(
      path.slice(1).map(({ lambda }, k) => [path[k].lambda, lambda]),
    )
    for (const { excitatory, inhibitory, rankCorrelation } of stability.neighbours) {
      for (const share of [excitatory, inhibitory]) {
        expect(share).toBeGreaterThan(0.3)
        expect(share).toBeLessThanOrEqual(1)
      }
      expect(rankCorrelation).toBeGreaterThan(0.8)
    }
    // With a regulariser this strong the head is one step from zero: α are those of the zero head.
    const strong = await evaluated({ ...QUIET, steps: 1 }, { lambda: 1e6 })
    for (const pair of strong.stability.neighbours) {
      expect(pair.excitatory).toBeGreaterThan(0.99)
      expect(pair.rankCorrelation).toBeGreaterThan(0.9999)
    }
  })

  test('of a λ with itself is 1', async () => {
    const bundle = await writeBundle({ n: 70 })
    await fit(bundle)
    const setting = await openSetting(await ExplainerReader.open(bundle.out))
    const points = await askedPoints(setting, 5, 1)
    const own = { lambda: setting.problem.lambda, theta: setting.solution.theta }
    const [once, again] = [
      await rank(openRuntime(), setting, own, points, 1),
      await rank(openRuntime(), setting, own, points, 1),
    ]
    expect(neighbours(once, again)).toEqual({
      lambdas: [0.003, 0.003],
      excitatory: 1,
      inhibitory: 1,
      rankCorrelation: expect.closeTo(1, 12),
    })
  })

  test('counts as excitatory what is above zero, and as inhibitory what is below', () => {
    const ranking = (lambda: number, highest: [number, number][], lowest: [number, number][]) => {
      const scored = (pairs: [number, number][]) => pairs.map(([row, score]) => ({ row, score }))
      return {
        lambda,
        ends: [{ highest: scored(highest), lowest: scored(lowest) }],
        values: { rows: 3, cols: 1, data: Float64Array.of(1, 2, 3 * lambda) },
      }
    }
    const one = ranking(
      1,
      [
        [1, 5],
        [2, 3],
        [3, -1],
      ],
      [
        [7, -4],
        [8, 2],
      ],
    )
    const other = ranking(
      0.1,
      [
        [2, 9],
        [4, 1],
        [7, 0],
      ],
      [
        [7, -1],
        [9, -1],
        [3, -1],
        [1, -1],
      ],
    )
    expect(neighbours(one, other)).toEqual({
      lambdas: [1, 0.1],
      excitatory: 0.5,
      inhibitory: 0.25,
      rankCorrelation: -0.5,
    })
  })

  test('asks about training examples where there are no test examples', async () => {
    const { testFeatures: _, testLabels: __, testLogits: ___, ...bundle } = await writeBundle({ n: 50 })
    await fit(bundle)
    const { stability, certificate, path } = await evaluate({ directory: bundle.out, ...QUIET, tests: 1000 })
    expect(stability).toMatchObject({ tests: 50, ofTraining: true })
    expect([certificate.test, path[0].test]).toEqual([null, null])
  })

  test('has nothing to compare at one λ alone', async () => {
    const { stability, path } = await evaluated({ ...QUIET, steps: 0 })
    expect([path.length, stability.neighbours]).toEqual([1, []])
  })
})

describe('labels that are changed', () => {
  const CHEAP: ScoreName[] = ['alpha', 'loss', 'margin', 'self-influence', 'neighbours', 'random']

  test.each(['symmetric', 'pair'])('are found by every score better than by chance: %s', async pattern => {
    const bundle = await clouds()
    await fit({ ...bundle, lambda: 0.01 })
    const { mislabels, leftOut } = await evaluate({
      directory: bundle.out,
      steps: 0,
      noise: 0.15,
      pattern,
      seed: 4,
    })
    expect(leftOut).toEqual([])
    const { scores, planted, inspectedShares } = mislabels as NonNullable<typeof mislabels>
    expect(mislabels).toMatchObject({ noise: 0.15, pattern, status: 'converged' })
    expect(planted).toBeGreaterThan(20)
    expect(planted).toBeLessThan(80)
    expect(Object.keys(scores)).toHaveLength(13)
    for (const [name, { rocAuc, averagePrecision, found }] of Object.entries(scores)) {
      expect([found[0], found.at(-1)]).toEqual([0, 1])
      expect(found).toHaveLength(inspectedShares.length)
      expect(found.every((share, k) => k === 0 || share >= found[k - 1])).toBe(true)
      // A given model that has not seen the changed labels resists none of them.
      if (name === 'random' || name === 'alpha-teacher') continue
      expect(rocAuc, name).toBeGreaterThan(0.9)
      expect(averagePrecision, name).toBeGreaterThan(3 * scores.random.averagePrecision)
    }
    expect(scores.random.rocAuc).toBeGreaterThan(0.3)
    expect(scores.random.rocAuc).toBeLessThan(0.7)
  })

  test('are the same for the same seed, to the last bit, and others for another', async () => {
    const bundle = await clouds(120)
    await fit(bundle)
    const call = { directory: bundle.out, ...SMALL, scores: CHEAP, seed: 7 }
    const first = await evaluate(call)
    expect(untimed(await evaluate(call))).toEqual(untimed(first))
    const other = await evaluate({ ...call, seed: 8 })
    expect(other.mislabels).not.toMatchObject({ scores: { random: first.mislabels?.scores.random } })
    // What is not drawn at random is the same for every seed.
    expect(other.certificate).toEqual(first.certificate)
  })

  test.each([0.001, 0.999])(
    'are not looked for where a share of %s of few leaves none to tell apart',
    async noise => {
      const bundle = await clouds(20)
      await fit(bundle)
      const { mislabels, leftOut } = await evaluate({ directory: bundle.out, ...SMALL, noise })
      expect(mislabels).toBe(null)
      expect(leftOut).toContainEqual({
        part: 'mislabels',
        reason: 'chance changed none of the labels, or all, choose another noise or seed',
      })
    },
  )

  test('are not looked for where they take a class its last example and nothing holds the bias', async () => {
    const [n, c] = [40, 3]
    const { features, out, directory } = await writeBundle({ n, c })
    const data = BigInt64Array.from({ length: n }, (_, i) => (i === 0 ? 0n : i === 1 ? 2n : 1n))
    const labels = await saveArray(directory, 'rare', { dtype: 'int64', shape: [n], data })
    await fit({ features, labels, out, lambda: 0.01, bias: 'free' })
    const noise = { share: 0.4, kind: 'pair' } as const
    const takesLast = (seed: number) =>
      !plantLabelNoise(Int32Array.from(data, Number), c, { ...noise, seed }).labels.includes(0)
    const seeds = Array.from({ length: 50 }, (_, seed) => seed)
    const call = { directory: out, ...SMALL, noise: noise.share, pattern: noise.kind, scores: CHEAP }
    const last = seeds.find(takesLast) as number
    const taken = await evaluate({ ...call, seed: last })
    expect(taken.mislabels).toBe(null)
    expect(taken.leftOut).toContainEqual({
      part: 'mislabels',
      reason:
        'the noise takes a class its last example, without which a free bias has no minimum, choose another noise or seed',
    })
    const kept = await evaluate({ ...call, seed: seeds.find(seed => !takesLast(seed)) as number })
    expect(Object.keys(kept.mislabels?.scores ?? {})).toHaveLength(CHEAP.length)
  })

  test('are looked for by the scores that are named alone', async () => {
    const bundle = await clouds(90)
    await fit(bundle)
    const plans: EvaluatePlan[] = []
    const steps: EvaluateStep[] = []
    const { mislabels } = await evaluate({
      directory: bundle.out,
      ...SMALL,
      scores: ['random', ' margin'],
      onPlan: plan => plans.push(plan),
      onProgress: step => steps.push(step),
    })
    expect(Object.keys(mislabels?.scores ?? {})).toEqual(['margin', 'random'])
    expect(plans).toEqual([
      {
        lambdas: [0.0095, 0.003, 0.00095],
        tests: 8,
        ofTraining: true,
        noise: 0.1,
        scores: ['margin', 'random'],
      },
    ])
    expect([...new Set(steps.map(({ phase }) => phase))]).toEqual([
      'certificate',
      'path',
      'rankings',
      'noise',
      'scores',
    ])
  })

  test('of a sigmoid are found too, without confident learning', async () => {
    const bundle = await clouds()
    await fit({ ...bundle, targets: 'labels', activation: 'sigmoid' })
    const { mislabels, leftOut } = await evaluate({ directory: bundle.out, steps: 0, noise: 0.1 })
    expect(leftOut.map(({ part }) => part)).toEqual(['confident-learning', 'alpha-teacher'])
    expect(mislabels?.scores['leave-one-out'].rocAuc).toBeGreaterThan(0.95)
  })
})

describe('what an explainer lacks', () => {
  test('labels: the rest is evaluated, and noise that was asked for is an error', async () => {
    const { labels: _, testLabels: __, ...bundle } = await writeBundle({ n: 60 })
    await fit(bundle)
    const call = { directory: bundle.out, ...SMALL }
    const { mislabels, leftOut, path } = await evaluate(call)
    expect([mislabels, path.length, path[0].train.accuracy]).toEqual([null, 3, null])
    expect(leftOut).toEqual([
      { part: 'mislabels', reason: 'needs labels of the training examples, which fit takes by --labels' },
    ])
    const message =
      'noise: needs labels of the training examples, which fit takes by --labels, leave --noise and'
    await expect(evaluate({ ...call, noise: 0.1 })).rejects.toThrow(message)
    await expect(evaluate({ ...call, scores: ['loss'] })).rejects.toThrow(message)
    expect((await evaluate({ ...call, noise: 0 })).leftOut).toEqual([])
  })

  test('classes: a regression has numbers, and several outputs that each say yes or no', async () => {
    const { features, logits, out, directory } = await writeBundle({ n: 60 })
    const reason = 'needs a class as the label of each training example'
    await fit({ features, labels: logits, out, activation: 'identity', lambda: 0.01 })
    const regression = await evaluate({ directory: out, ...SMALL })
    expect(regression.leftOut).toContainEqual({ part: 'mislabels', reason })
    expect(regression.certificate.holds).toBe(true)
    const yesOrNo = await saveArray(directory, 'yes', {
      dtype: 'float32',
      shape: [60, 3],
      data: Float32Array.from({ length: 180 }, (_, k) => k % 2),
    })
    await fit({ features, labels: yesOrNo, out, activation: 'sigmoid', force: true })
    await expect(evaluate({ directory: out, ...SMALL, noise: 0.2 })).rejects.toThrow(`noise: ${reason}`)
  })

  test('what a score needs: it is left out, and an error where it was named', async () => {
    const bundle = await clouds(60)
    await fit({ ...bundle, targets: 'labels' })
    const { leftOut } = await evaluate({ directory: bundle.out, steps: 0 })
    const reason = "needs an explainer fitted to the given model's outputs"
    expect(leftOut).toEqual([{ part: 'alpha-teacher', reason }])
    await expect(
      evaluate({ directory: bundle.out, steps: 0, scores: ['loss', 'alpha-teacher'] }),
    ).rejects.toThrow(`alpha-teacher: ${reason}, leave it out of --scores`)
  })
})

test('writes a page with what the answer says, and charts', async () => {
  const bundle = await writeBundle({ n: 60 })
  await fit(bundle)
  const html = join(bundle.directory, 'evaluate.html')
  const answer = await evaluate({ directory: bundle.out, ...SMALL, scores: ['loss', 'random'], html })
  const page = await readFile(html, 'utf8')
  expect(answer.page).toEqual({ file: html, missing: [] })
  expect(page).toContain('The certificate holds.')
  for (const name of ['loss', 'random', '0.003']) expect(page).toContain(`<th scope="row">${name}</th>`)
  expect(page.match(/<svg/g)).toHaveLength(7)
})

test.each([
  [{ steps: -1 }, 'steps: -1, expected a whole number, 0 or more'],
  [{ steps: 21 }, 'steps: 21, expected 20 at most'],
  [{ tests: 0 }, 'tests: 0, expected a whole number, 1 or more'],
  [{ seed: 0.5 }, 'seed: 0.5, expected a whole number, 0 or more'],
  [{ noise: 1 }, 'noise: 1, expected a share of the labels, 0 or more and below 1'],
  [{ noise: Number.NaN }, 'noise: NaN, expected a share'],
  [{ pattern: 'salt' }, 'pattern not found: salt, expected one of symmetric, pair'],
  [{ scores: ['magic'] }, /^score not found: magic, expected one of neighbour-head, /],
  [{ noise: 0, scores: ['loss'] }, 'scores: with noise 0 there is nothing to look for, leave --scores or'],
  [{ html: 'evaluate.txt' }, 'evaluate.txt: expected a name that ends in .html'],
])('refuses %j', async (options, message) => {
  await expect(evaluated({ ...SMALL, ...options })).rejects.toThrow(message)
})

test.each([
  ['certificate', 1],
  ['path', 1],
  ['rankings', 0],
])('stops where it is told to, at the %s', async (last, steps) => {
  const bundle = await writeBundle({ n: 60 })
  await fit(bundle)
  const controller = new AbortController()
  const phases: string[] = []
  const stopped = evaluate({
    directory: bundle.out,
    ...QUIET,
    steps,
    signal: controller.signal,
    onProgress: ({ phase }) => {
      phases.push(phase)
      if (phase === last) controller.abort()
    },
  })
  await expect(stopped).rejects.toThrow(/abort/)
  expect(phases.at(-1)).toBe(last)
})
