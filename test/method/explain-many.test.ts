import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { narrowFloat16, widened } from '../../src/math/float16.ts'
import { type Matrix, rowOf, zeros } from '../../src/math/matrix.ts'
import { MemoryLookup } from '../../src/math/row-lookup.ts'
import { type FeatureRows, memoryRows } from '../../src/math/rows.ts'
import { type Decomposition, HeadExplainer } from '../../src/method/explain/explain.ts'
import { chooseWay, explainMany, type Way } from '../../src/method/explain/explain-many.ts'
import type { Question, ScanSource } from '../../src/method/explain/scan.ts'
import { type Kernel, kernelOf, kernelRows } from '../../src/method/head/kernel.ts'
import { buildIndex } from '../../src/method/index/bound-index.ts'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'
import type { Runtime, Session } from '../../src/runtime/runtime.ts'
import { anySearchProblem, map, normalMatrix, normalTheta } from './problems.ts'

interface Problem {
  readonly features: Matrix<Float32Array>
  readonly alpha: Matrix<Float32Array>
  readonly kernel: Kernel
}

/** Sessions by their models: loading one takes longer than most of what is asked of it here. */
const sessions = new Map<string, Promise<Session>>()

const runtime: Runtime = {
  device: 'cpu',
  async load(model) {
    const key = Buffer.from(model).toString('base64')
    const session = sessions.get(key) ?? cpuRuntime(1).load(model)
    sessions.set(key, session)
    return { ...(await session), release: async () => undefined }
  },
}

afterAll(async () => {
  for (const session of sessions.values()) await (await session).release()
})

async function explainerOf(
  { features, alpha, kernel }: Problem,
  stored: FeatureRows = memoryRows(features),
): Promise<{ explainer: HeadExplainer; source: () => Promise<ScanSource> }> {
  const rows = kernelRows(kernel)
  const explainer = new HeadExplainer({
    features: new MemoryLookup(features),
    alpha: new MemoryLookup(alpha),
    theta: normalTheta(rows, alpha.cols, 1),
    residual: zeros(rows, alpha.cols),
    byClass: zeros(1, rows * alpha.cols),
    classes: new Int32Array(features.rows),
    classCount: 1,
    index: await buildIndex(cpuRuntime(1), memoryRows(features), memoryRows(alpha), kernel),
    kernel,
    packed: 2 ** 20,
  })
  return { explainer, source: async () => ({ features: stored, alpha: memoryRows(alpha), runtime }) }
}

/** What is said of each, but how many examples were read to say it. */
const said = ({ read: _, ...rest }: Decomposition) => rest

async function many(
  { explainer, source }: Awaited<ReturnType<typeof explainerOf>>,
  asked: readonly Question[],
  k: number,
  way: Way,
): Promise<Decomposition[]> {
  const questions = { count: asked.length, at: (i: number) => asked[i] }
  const answers: Decomposition[] = []
  for await (const { question, decomposition } of explainMany(explainer, questions, k, { source, way })) {
    expect(question).toBe(asked[answers.length])
    answers.push(decomposition)
  }
  return answers
}

const numberLike = (feature: number) =>
  fc.oneof(
    fc.constant(feature),
    fc.constantFrom(0, 1, -1, 0.5, 1e-30, 1e30, 1e200),
    fc.float({ noNaN: true }),
  )

const anyQuestions = anySearchProblem.chain(problem => {
  const c = problem.alpha.cols
  const explained = fc.oneof(
    { weight: 4, arbitrary: fc.nat(c - 1).map(output => ({ output })) },
    { weight: 1, arbitrary: fc.constant({ contrast: [1, 0] as const }) },
  )
  const features = fc.oneof(
    fc.constant(problem.query),
    fc.tuple(...problem.query.map(numberLike)).filter(query => query.every(Number.isFinite)),
  )
  return fc.record({
    problem: fc.constant(problem),
    asked: fc.array(fc.record({ features, explained }), { maxLength: 6 }),
    k: fc.oneof(fc.nat(5), fc.constantFrom(0, 1000)),
  })
})

describe.each<Way>(['lists', 'scan'])('many queries by %s', way => {
  test('are each explained as they are alone: same rows, same order, same values', async () => {
    await fc.assert(
      fc.asyncProperty(anyQuestions, async ({ problem, asked, k }) => {
        const fitted = await explainerOf(problem)
        const alone = asked.map(({ features, explained }) => fitted.explainer.explain(features, explained, k))
        expect((await many(fitted, asked, k, way)).map(said)).toEqual(alone.map(said))
      }),
      { numRuns: 800, seed: 3 },
    )
  })

  test('are in order over more queries and examples than are taken at once', async () => {
    const problem = mixed(2500, 5)
    const fitted = await explainerOf(problem)
    const asked = questionsOf(2100, 5, 3)
    const answers = await many(fitted, asked, 7, way)
    expect(answers.map(said)).toEqual(
      asked.map(({ features, explained }) => said(fitted.explainer.explain(features, explained, 7))),
    )
    expect(answers.every(({ read }) => read === 2500)).toBe(way === 'scan')
  })

  test('stop when they are told to', async () => {
    const { explainer, source } = await explainerOf(mixed(50, 3))
    const signal = AbortSignal.abort()
    const questions = { count: 1, at: () => ({ features: [1, 2, 3], explained: { output: 0 } }) }
    const answers = explainMany(explainer, questions, 1, { source, way, signal })
    await expect(answers.next()).rejects.toThrow(signal.reason)
  })
})

test('a scan reads halves as they are stored', async () => {
  const { alpha, ...problem } = mixed(1500, 6)
  const halves = { rows: 1500, cols: 6, bits: narrowFloat16(problem.features.data) }
  const fitted = await explainerOf({ alpha, ...problem, features: widened(halves) }, memoryRows(halves))
  const asked = questionsOf(40, 6, 3)
  expect((await many(fitted, asked, 9, 'scan')).map(said)).toEqual(
    (await many(fitted, asked, 9, 'lists')).map(said),
  )
})

test('values that single precision cannot tell apart are told apart', async () => {
  // Each similarity is one unit in the last place of a double from the next, and large beside it.
  const n = 3000
  const features = { rows: n, cols: 2, data: new Float32Array(2 * n) }
  for (let i = 0; i < n; i++) features.data.set([4096, ((i * 1021) % n) * 2 ** -12], 2 * i)
  const alpha = { rows: n, cols: 1, data: new Float32Array(n).fill(1) }
  const fitted = await explainerOf({ features, alpha, kernel: kernelOf('none', 2) })
  const asked = [{ features: [4096, 2 ** -12], explained: { output: 0 } }]
  const [{ excitatory }] = await many(fitted, asked, 5, 'scan')
  expect(excitatory.map(({ row }) => (row * 1021) % n)).toEqual([2999, 2998, 2997, 2996, 2995])
  expect(excitatory).toEqual((await many(fitted, asked, 5, 'lists'))[0].excitatory)
})

test.each([1e-30, 1e30])('values beyond the range of single precision are found: %d squared', async size => {
  const n = 2000
  const features = { rows: n, cols: 2, data: new Float32Array(2 * n) }
  for (let i = 0; i < n; i++) features.data.set([((i * 1021) % n) * size, -((i * 7) % n) * size], 2 * i)
  const alpha = { rows: n, cols: 1, data: new Float32Array(n).fill(1) }
  const fitted = await explainerOf({ features, alpha, kernel: kernelOf('none', 2) })
  const asked = [{ features: [size, size], explained: { output: 0 } }]
  const [found] = await many(fitted, asked, 5, 'scan')
  expect(found.excitatory[0].value).toBeGreaterThan(0)
  expect(said(found)).toEqual(said((await many(fitted, asked, 5, 'lists'))[0]))
})

describe('the way', () => {
  const chosen = async (problem: Problem, count: number) => {
    const { explainer } = await explainerOf(problem)
    const asked = questionsOf(count, problem.features.cols, problem.alpha.cols)
    return chooseWay(explainer, { count, at: i => asked[i] }, 10)
  }

  test('is a scan where no example stands out, for many queries', async () => {
    expect(await chosen(mixed(3000, 24), 10_000)).toBe('scan')
  })

  test('is the lists for few queries', async () => {
    expect(await chosen(mixed(3000, 24), 20)).toBe('lists')
    expect(await chosen(mixed(3000, 24), 0)).toBe('lists')
  })

  test('is the lists where a few alphas are far larger than the rest', async () => {
    const problem = mixed(3000, 24)
    const alpha = map(normalMatrix(3000, 3, 2), x => Math.sign(x) * Math.exp(3 * Math.abs(x)))
    expect(await chosen({ ...problem, alpha }, 10_000)).toBe('lists')
  })

  test('is the lists for contrasts, which no scan answers', async () => {
    const { explainer } = await explainerOf(mixed(3000, 24))
    const at = () => ({ features: new Float64Array(24), explained: { contrast: [0, 1] as const } })
    expect(chooseWay(explainer, { count: 10_000, at }, 10)).toBe('lists')
  })
})

/** Features of both signs, and alphas of one size. */
function mixed(n: number, d: number): Problem {
  return {
    features: normalMatrix(n, d, 1),
    alpha: map(normalMatrix(n, 3, 2), x => Math.sign(x) * (1 + Math.abs(x) / 10)),
    kernel: kernelOf('regularised', d),
  }
}

function questionsOf(count: number, d: number, c: number): Question[] {
  const queries = normalMatrix(count, d, 4)
  return Array.from({ length: count }, (_, i) => ({
    features: rowOf(queries, i),
    explained: { output: i % c },
  }))
}
