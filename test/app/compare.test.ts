import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { availableMethods } from '../../src/app/compare/available.ts'
import { type CompareAnswer, compare } from '../../src/app/compare/compare.ts'
import type { ComparePlan, CompareStep } from '../../src/app/compare/options.ts'
import { fit } from '../../src/app/fit/fit.ts'
import { readFileBytes } from '../../src/formats/files.node.ts'
import { readNpy } from '../../src/formats/npy.ts'
import { zeros } from '../../src/math/matrix.ts'
import { memoryRows } from '../../src/math/rows.ts'
import { METHOD_NAMES } from '../../src/method/attribution/methods.ts'
import type { Problem } from '../../src/method/head/problem.ts'
import { type Bundle, saveArray, temporaryDirectory, writeBundle } from './bundle.ts'

const SMALL = { loo: 40, subsets: 20, tests: 12 }

async function compared(options: object = {}, of: Partial<Bundle> = {}): Promise<CompareAnswer> {
  const bundle = { ...(await writeBundle({ n: 120 })), ...of }
  await fit({ ...bundle, lambda: 0.01 })
  return compare({ directory: bundle.out, ...SMALL, ...options })
}

/** The given logits less the bias of the given head. */
async function unbiasedLogits({ directory, logits, headBias }: Bundle): Promise<string> {
  const [given, bias] = [await readArray(logits), await readArray(headBias)]
  const own = (k: number) => Number(given.data[k]) - Number(bias.data[k % bias.data.length])
  const data = Float32Array.from({ length: given.data.length }, (_, k) => own(k))
  return saveArray(directory, 'unbiased', { dtype: 'float32', shape: given.shape, data })
}

const readArray = async (file: string) => readNpy(await readFileBytes(file))

const figures = ({ methods }: CompareAnswer) =>
  Object.fromEntries(
    Object.entries(methods).map(([name, { seconds: _, peakMemory: __, ...rest }]) => [name, rest]),
  )

describe('compare', () => {
  test('finds influence near the truth, corrected nearer, the representer no nearer than that, and random nowhere', async () => {
    const { methods, truth, leftOut } = await compared()
    const loo = (name: keyof typeof methods) => methods[name]?.looPearson as number
    const lds = (name: keyof typeof methods) => methods[name]?.lds as number
    expect(loo('influence-corrected')).toBeGreaterThan(0.999)
    expect(loo('influence-corrected')).toBeGreaterThanOrEqual(loo('influence'))
    expect(loo('influence')).toBeGreaterThan(0.98)
    for (const name of ['representer', 'relative', 'cosine', 'no-refit', 'grad-dot', 'whitened'] as const) {
      expect(loo(name)).toBeLessThanOrEqual(loo('influence-corrected'))
    }
    expect(lds('influence-corrected')).toBeGreaterThan(lds('random'))
    expect(Math.abs(loo('random'))).toBeLessThan(0.2)
    expect(truth).toMatchObject({ ...SMALL, heldOut: false, unconverged: 0, curvePoints: 5, topK: 10 })
    expect(leftOut.map(({ method }) => method)).toEqual(['tracin'])
  })

  test('finds that leaving out what raises an output makes it fall, more than leaving out any does', async () => {
    const { methods } = await compared({ methods: ['influence-corrected', 'random'], loo: 0, subsets: 0 })
    const { 'influence-corrected': influence, random } = methods
    expect(
      influence?.deletionCurve.every((fall, step, all) => (fall as number) > Number(all[step - 1] ?? 0)),
    ).toBe(true)
    expect(influence?.deletion).toBeGreaterThan(random?.deletion as number)
    expect([influence?.looPearson, influence?.lds]).toEqual([null, null])
  })

  test.each([
    ['classes of which the head takes some for others', {}, 3],
    ['two classes under one output, and what it says of the first', { activation: 'sigmoid' }, 2],
  ] as const)('asks methods of the loss about the output too: %s', async (_, choices, c) => {
    const bundle = await writeBundle({ n: 120, c })
    const { features, labels, testFeatures, testLabels, out } = bundle
    await fit({ features, labels, testFeatures, testLabels, out, lambda: 0.01, ...choices })
    const { methods } = await compare({ directory: out, ...SMALL, methods: ['influence', 'influence-loss'] })
    const { influence, 'influence-loss': ofLoss } = methods
    expect(influence?.looPearson).toBeGreaterThan(0.95)
    expect(ofLoss?.looPearson).toBeGreaterThan(0.6)
    expect(ofLoss?.lds).toBeGreaterThan(0.5 * (influence?.lds as number))
  })

  test('refuses a method that it lacks something for before it fits anything', async () => {
    const { features, labels, out } = await writeBundle({ n: 60, c: 2 })
    await fit({ features, labels, out, activation: 'sigmoid' })
    const phases: string[] = []
    const onProgress = ({ phase }: CompareStep) => phases.push(phase)
    await expect(compare({ directory: out, methods: ['knn-shapley'], onProgress })).rejects.toThrow(
      'knn-shapley: needs a class as the label of each training example, leave it out of --methods',
    )
    expect(phases).toEqual([])
  })

  test.each([
    ['two steps', 120, 2],
    ['one step', 60, 1],
  ])('of curves of %s tells the mean height, deletion from 0 on', async (_, n, steps) => {
    const bundle = await writeBundle({ n })
    await fit({ ...bundle, lambda: 0.01 })
    const call = { directory: bundle.out, loo: 0, subsets: 0, tests: 6, methods: ['representer'] }
    const { methods, truth } = await compare(call)
    const { representer } = methods as Required<typeof methods>
    expect(truth.curveShares).toHaveLength(steps)
    const [shares, falls, outputs] = [
      truth.curveShares,
      representer.deletionCurve.map(Number),
      representer.insertionCurve.map(Number),
    ]
    if (steps === 1) {
      // A triangle from 0, and a point.
      expect(representer.deletion).toBeCloseTo(falls[0] / 2, 12)
      expect(representer.insertion).toBe(outputs[0])
      return
    }
    const [first, second] = shares
    const area = (first * falls[0]) / 2 + ((second - first) * (falls[0] + falls[1])) / 2
    expect(representer.deletion).toBeCloseTo(area / second, 12)
    expect(representer.insertion).toBeCloseTo((outputs[0] + outputs[1]) / 2, 12)
  })

  test('takes no head from a given one with a bias that the fit lacks', async () => {
    const bundle = await writeBundle({ n: 60 })
    const call = { directory: bundle.out, loo: 3, subsets: 3, tests: 3 }
    const reason = 'needs the given head, with no bias that the fit lacks, and labels'
    await fit({ ...bundle, bias: 'none' })
    expect((await compare(call)).leftOut).toContainEqual({ method: 'no-refit', reason })
    const { headBias: _, ...unbiased } = bundle
    await fit({ ...unbiased, bias: 'none', logits: await unbiasedLogits(bundle), force: true })
    expect((await compare({ ...call, methods: ['no-refit'] })).leftOut).toEqual([])
  })

  test('leaves corrected influence out of a head whose Hessian is too large', async () => {
    const bundle = await writeBundle({ n: 110, d: 120, c: 100, tests: 3 })
    const { features, labels, logits, testFeatures, testLabels, testLogits, out } = bundle
    await fit({ features, labels, logits, testFeatures, testLabels, testLogits, out, maxIterations: 2 })
    await expect(compare({ directory: out, methods: ['influence-corrected'] })).rejects.toThrow(
      'influence-corrected: the Hessian of the head has 73 million numbers, expected 67 million at most, as a softmax over features times outputs of 11,000 has, leave it out of --methods',
    )
  })

  test('leaves out what a free bias has no minimum without', async () => {
    const { directory, features, out } = await writeBundle({ n: 60 })
    const data = BigInt64Array.from({ length: 60 }, (_, i) => (i === 9 ? 2n : BigInt(i % 2)))
    const labels = await saveArray(directory, 'rare', { dtype: 'int64', shape: [60], data })
    await fit({ features, labels, out, lambda: 0.01, bias: 'free' })
    const { methods, truth } = await compare({
      directory: out,
      loo: 60,
      subsets: 20,
      tests: 4,
      methods: ['influence', 'influence-corrected'],
    })
    expect(truth.withoutMinimum).toBeGreaterThan(0)
    expect(truth.unconverged).toBe(0)
    expect(methods['influence-corrected']?.looPearson).toBeGreaterThan(0.99)
    expect(methods['influence-corrected']?.insertion).toBe(null)
  })

  test('shows examples of one class to a test point where classes are far apart', async () => {
    const directory = await temporaryDirectory()
    const n = 60
    const data = Float32Array.from({ length: n * 3 }, (_, k) =>
      Math.floor(k / 3) % 3 === k % 3 ? 5 + (k % 7) / 10 : (k % 5) / 50,
    )
    const classes = BigInt64Array.from({ length: n }, (_, i) => BigInt(i % 3))
    const features = await saveArray(directory, 'planted', { dtype: 'float32', shape: [n, 3], data })
    const labels = await saveArray(directory, 'classes', { dtype: 'int64', shape: [n], data: classes })
    const out = join(directory, 'explainer')
    await fit({ features, labels, out, lambda: 0.01 })
    const { methods, truth } = await compare({ directory: out, tests: 6, loo: 5, subsets: 5 })
    for (const name of ['representer', 'influence', 'similarity-cosine', 'knn-shapley'] as const) {
      expect(methods[name]?.sameClassRate).toBe(1)
    }
    expect(methods.random?.sameClassRate).toBeLessThan(0.7)
    expect(truth).toMatchObject({ heldOut: true, tests: 6 })
  })

  test('says the same again for the same seed, and the same of a method whatever stands beside it', async () => {
    const bundle = await writeBundle({ n: 80 })
    await fit(bundle)
    const call = { directory: bundle.out, loo: 10, subsets: 6, tests: 6, seed: 3 }
    const [both, again, alone] = [
      await compare({ ...call, methods: ['representer', 'random'] }),
      await compare({ ...call, methods: ['random', 'representer'] }),
      await compare({ ...call, methods: ['random'] }),
    ]
    expect(figures(again)).toEqual(figures(both))
    const near = (answer: CompareAnswer) => answer.methods.random?.looPearson as number
    expect(near(alone)).toBeCloseTo(near(both), 12)
    expect(figures(await compare({ ...call, seed: 4, methods: ['random'] }))).not.toEqual(figures(alone))
  })

  test('holds training examples out where there are no test examples, and asks the head that did not see them', async () => {
    const { testFeatures: _, testLabels: __, testLogits: ___, ...bundle } = await writeBundle({ n: 100 })
    await fit({ ...bundle, lambda: 0.01 })
    const steps: CompareStep[] = []
    const { problem, truth, methods } = await compare({
      directory: bundle.out,
      ...SMALL,
      tests: 1000,
      onProgress: step => steps.push(step),
    })
    expect([problem.n, truth.tests, truth.heldOut]).toEqual([80, 20, true])
    expect(steps[0]).toEqual({ phase: 'held-out', done: 0, total: 1 })
    expect(methods['influence-corrected']?.looPearson).toBeGreaterThan(0.999)
  })

  test('tells what it will do before it does it, and does that', async () => {
    const plans: ComparePlan[] = []
    const before: number[] = []
    const { truth } = await compared({
      methods: ['representer'],
      onPlan: (plan: ComparePlan) => plans.push(plan),
      onProgress: () => before.push(plans.length),
    })
    expect(plans).toMatchObject([{ methods: ['representer'], loo: 40, subsets: 20, tests: 12 }])
    expect(Math.min(...before)).toBe(1)
    // One is of all examples, beside those without one.
    expect(truth.refits).toBe(1 + 40 + 20 + plans[0].curveRefits)
  })

  test('leaves out what labels are needed for where there are none', async () => {
    const { labels: _, testLabels: __, ...bundle } = await writeBundle({ n: 60 })
    await fit(bundle)
    const call = { directory: bundle.out, loo: 4, subsets: 4, tests: 4 }
    const { leftOut, methods, problem } = await compare(call)
    expect(leftOut.map(({ method }) => method)).toEqual(['no-refit', 'tracin', 'knn-shapley'])
    expect(Object.keys(methods)).toEqual(
      METHOD_NAMES.filter(name => !leftOut.some(({ method }) => method === name)),
    )
    expect(problem.targets).toBe('teacher')
    await expect(compare({ ...call, methods: ['representer', 'knn-shapley'] })).rejects.toThrow(
      'knn-shapley: needs a class as the label of each training example, leave it out of --methods',
    )
  })

  test.each([
    [1000, 5, false],
    [1001, 5, true],
    [5, 1001, true],
  ])('leaves EK-FAC of %i rows and %i outputs out unasked: %s', (rows, c, isLeftOut) => {
    const theta = zeros(rows, c)
    const problem: Problem = {
      features: memoryRows({ rows: 1, cols: rows, data: new Float32Array(rows) }),
      targets: memoryRows({ rows: 1, cols: c, data: new Float32Array(c) }),
      activation: 'sigmoid',
      lambda: 1,
      bias: 'none',
    }
    const setting = { problem, theta, groups: null, heldOut: false }
    const { chosen, leftOut } = availableMethods(setting, null)
    expect(chosen.includes('ek-fac')).toBe(!isLeftOut)
    const reason = 'takes long for more than 1000 features or outputs, name it in --methods to have it'
    if (isLeftOut) expect(leftOut).toContainEqual({ name: 'ek-fac', reason })
    expect(availableMethods(setting, ['ek-fac'])).toEqual({ chosen: ['ek-fac'], leftOut: [] })
  })

  test('knows no class of a regression, and holds its outputs against refits all the same', async () => {
    const bundle = await writeBundle({ n: 80 })
    const { features, logits, testFeatures, testLogits, out } = bundle
    await fit({
      features,
      labels: logits,
      testFeatures,
      testLabels: testLogits,
      out,
      activation: 'identity',
      lambda: 0.01,
    })
    const { methods } = await compare({ directory: out, ...SMALL })
    expect(methods['influence-corrected']).toMatchObject({ sameClassRate: null })
    expect(methods['influence-corrected']?.looPearson).toBeGreaterThan(0.9999)
  })

  test('asks about outputs of which one is always at its bound, with nothing to hold its bias', async () => {
    const { features, testFeatures, out, directory } = await writeBundle({ n: 80 })
    const labels = await saveArray(directory, 'bounded', {
      dtype: 'float32',
      shape: [80, 3],
      data: Float32Array.from({ length: 240 }, (_, k) => (k % 3 === 1 ? 0 : (k * k) % 7)),
    })
    await fit({ features, labels, testFeatures, out, activation: 'clip:0,6', bias: 'free', lambda: 0.01 })
    const { truth } = await compare({ directory: out, ...SMALL, methods: ['influence-corrected'] })
    expect(truth).toMatchObject({ loo: 40, unconverged: 0 })
  })

  test('writes a page with every method, and charts', async () => {
    const bundle = await writeBundle({ n: 60 })
    await fit(bundle)
    const html = join(bundle.directory, 'compare.html')
    const answer = await compare({ directory: bundle.out, loo: 6, subsets: 5, tests: 5, html })
    const page = await readFile(html, 'utf8')
    expect(answer.page).toEqual({ file: html, missing: [] })
    for (const name of Object.keys(answer.methods)) expect(page).toContain(`<th scope="row">${name}</th>`)
    expect(page.match(/<svg/g)).toHaveLength(4)
    expect(page).toContain('tracin is left out')
  })

  test.each([
    [{ methods: ['nonsense'] }, /^method not found: nonsense, expected one of representer, relative/],
    [
      { methods: ['tracin'] },
      /^tracin: needs checkpoints of the head, which explainers do not keep, leave it out/,
    ],
    [{ loo: -1 }, 'loo: -1, expected a whole number, 0 or more'],
    [{ tests: 0 }, 'tests: 0, expected a whole number, 1 or more'],
    [{ subsets: 1.5 }, 'subsets: 1.5, expected a whole number, 0 or more'],
    [{ html: 'compare.txt' }, 'compare.txt: expected a name that ends in .html'],
    [
      { html: '/nowhere/at-all/a.html' },
      /^\/nowhere\/at-all\/a.html: no directory \/nowhere\/at-all, make it first/,
    ],
    [{ methods: 'representer' }, 'methods: representer, expected a list of names'],
    [{ methods: [] }, 'methods: none named, expected one or more, or leave them out'],
    [{ loo: '5' }, 'loo: the text 5, expected a whole number, 0 or more'],
  ])('refuses %j', async (options, message) => {
    await expect(compared(options)).rejects.toThrow(message)
  })

  test.each(['hessian', 'loo', 'values'])('stops where it is told to, at %s', async last => {
    const bundle = await writeBundle({ n: 60 })
    await fit(bundle)
    const controller = new AbortController()
    const phases: string[] = []
    const stopped = compare({
      directory: bundle.out,
      ...SMALL,
      methods: ['representer'],
      signal: controller.signal,
      onProgress: ({ phase }) => {
        phases.push(phase)
        if (phase === last) controller.abort()
      },
    })
    await expect(stopped).rejects.toThrow(/abort/)
    expect(phases.at(-1)).toBe(last)
  })
})
