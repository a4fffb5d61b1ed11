import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Matrix, rowOf, subtract, zeros } from '../../src/math/matrix.ts'
import { principalDirections } from '../../src/math/principal.ts'
import { randomNormal } from '../../src/math/random.ts'
import { MemoryLookup } from '../../src/math/row-lookup.ts'
import { memoryRows } from '../../src/math/rows.ts'
import { HeadExplainer } from '../../src/method/explain/explain.ts'
import type { Contribution, Explained } from '../../src/method/explain/search.ts'
import { kernelOf, kernelRows, writeQuery } from '../../src/method/head/kernel.ts'
import { buildIndex } from '../../src/method/index/bound-index.ts'
import { planIndex } from '../../src/method/index/index-plan.ts'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'
import {
  anySearchProblem,
  kernelProduct,
  normalMatrix,
  normalTheta,
  queried,
  type SearchProblem,
} from './problems.ts'

/** A sum as the code rounds it: every fourth term together. */
function sumInParts(terms: readonly number[]): number {
  const parts = [0, 0, 0, 0]
  terms.forEach((term, a) => {
    parts[a % 4] += term
  })
  return parts[0] + parts[1] + (parts[2] + parts[3])
}

/** Every representer value by looking at every example, largest first, ties by row. */
function fullScan(problem: SearchProblem, explained: Explained): Contribution[] {
  const { features, alpha, query, kernel } = problem
  const asked = queried({ rows: 1, cols: query.length, data: Float64Array.from(query) }, 0, kernel)
  return Array.from({ length: features.rows }, (_, row) => {
    const a =
      'output' in explained
        ? alpha.data[row * alpha.cols + explained.output]
        : alpha.data[row * alpha.cols + explained.contrast[0]] -
          alpha.data[row * alpha.cols + explained.contrast[1]]
    const own = queried(features, row, kernel)
    const similarity = sumInParts(query.map((_, p) => own[p] * asked[p])) + Number(kernel.constant)
    return { row, value: a * similarity, alpha: a, similarity }
  }).sort((a, b) => b.value - a.value || a.row - b.row)
}

interface Scan {
  readonly excitatory: Contribution[]
  readonly inhibitory: Contribution[]
}

function scanned(problem: SearchProblem, explained: Explained, k: number): Scan {
  const all = fullScan(problem, explained)
  const ascending = [...all].sort((a, b) => a.value - b.value || a.row - b.row)
  return {
    excitatory: all.filter(({ value }) => value > 0).slice(0, k),
    inhibitory: ascending.filter(({ value }) => value < 0).slice(0, k),
  }
}

/** Θ = Qᵀα + R for some residual R, with the class sums as they are stored. */
async function explainerOf(
  problem: SearchProblem,
  { storesClasses = true, seed = 1, plan = planIndex, packed = 2 ** 20 } = {},
) {
  const { features, alpha, classes, kernel } = problem
  const sum = kernelProduct(features, alpha, kernel)
  const theta = normalTheta(sum.rows, sum.cols, seed)
  const byClass = zeros(alpha.cols, sum.data.length)
  for (let y = 0; y < alpha.cols; y++) {
    const ofClass = alpha.data.map((a, i) => (classes[Math.floor(i / alpha.cols)] === y ? a : 0))
    byClass.data.set(kernelProduct(features, { ...alpha, data: ofClass }, kernel).data, y * sum.data.length)
  }
  return new HeadExplainer({
    features: new StrictRows(features),
    alpha: new StrictRows(alpha),
    theta,
    residual: subtract(theta, sum),
    byClass: storesClasses ? byClass : null,
    classes,
    classCount: alpha.cols,
    index: await buildIndex(cpuRuntime(1), memoryRows(features), memoryRows(alpha), kernel, plan),
    kernel,
    packed,
  })
}

/** Rows that refuse to be read where there are none, rather than answer NaN. */
class StrictRows extends MemoryLookup {
  override locate(i: number): number {
    if (!(i >= 0 && i < this.rows)) throw new Error(`row ${i} of ${this.rows}`)
    return super.locate(i)
  }
}

/** Lists of three entries, and four directions however few there are. */
const shortLists: typeof planIndex = async (features, kernel) => {
  const queries = zeros(features.rows, kernelRows(kernel))
  const all = await features.fetch(Array.from({ length: features.rows }, (_, i) => i))
  for (let i = 0; i < all.rows; i++) writeQuery(kernel, rowOf(all, i), rowOf(queries, i))
  return { depth: 3, directions: principalDirections(queries, 4) }
}

/** Whole lists with directions. */
const wholeLists: typeof planIndex = async (...given) => ({ ...(await shortLists(...given)), depth: 1e9 })

const anyPlan = fc.constantFrom(planIndex, shortLists, wholeLists)

const anyK = fc.oneof(fc.nat(6), fc.constantFrom(0, 1000))

/** One output or a contrast of two, whichever way round. */
const anyExplained = (c: number): fc.Arbitrary<Explained> =>
  fc.oneof(
    fc.nat(c - 1).map(output => ({ output })),
    fc
      .tuple(fc.nat(c - 1), fc.integer({ min: 1, max: c - 1 }))
      .map(([j, step]) => ({ contrast: [j, (j + step) % c] as const })),
  )

const anyQuestion = anySearchProblem.chain(problem =>
  fc.record({
    problem: fc.constant(problem),
    explained: anyExplained(problem.alpha.cols),
    k: anyK,
    plan: anyPlan,
    // Room for every list, for some of them and for none.
    packed: fc.constantFrom(0, 600, 2 ** 20),
  }),
)

describe('the examples found without looking at all', () => {
  test('are those of a full scan: same rows, same order, same values', async () => {
    await fc.assert(
      fc.asyncProperty(anyQuestion, async ({ problem, explained, k, plan, packed }) => {
        const explainer = await explainerOf(problem, { plan, packed })
        const { excitatory, inhibitory } = explainer.explain(problem.query, explained, k)
        expect({ excitatory, inhibitory }).toEqual(scanned(problem, explained, k))
      }),
      { numRuns: 4000, seed: 7 },
    )
  })

  test('are the same when one explainer answers many queries', async () => {
    await fc.assert(
      fc.asyncProperty(
        anySearchProblem.chain(problem =>
          fc.record({
            problem: fc.constant(problem),
            asked: fc.array(anyExplained(problem.alpha.cols), { maxLength: 8 }),
          }),
        ),
        async ({ problem, asked }) => {
          const explainer = await explainerOf(problem)
          for (const explained of asked) {
            const { excitatory, inhibitory } = explainer.explain(problem.query, explained, 3)
            expect({ excitatory, inhibitory }).toEqual(scanned(problem, explained, 3))
          }
        },
      ),
      { numRuns: 300, seed: 8 },
    )
  })

  test('have value = alpha · similarity, strictly positive or strictly negative', async () => {
    await fc.assert(
      fc.asyncProperty(anyQuestion, async ({ problem, explained, k }) => {
        const { excitatory, inhibitory } = (await explainerOf(problem)).explain(problem.query, explained, k)
        for (const { value, alpha, similarity } of [...excitatory, ...inhibitory]) {
          expect(value).toBe(alpha * similarity)
        }
        for (const { value } of excitatory) expect(value).toBeGreaterThan(0)
        for (const { value } of inhibitory) expect(value).toBeLessThan(0)
      }),
      { numRuns: 500, seed: 9 },
    )
  })

  test('are found from a small part of the examples where few alphas are large', async () => {
    const n = 4000
    const problem = heavyTailed(n, 16)
    const explainer = await explainerOf(problem)
    for (const explained of [{ output: 0 }, { output: 2 }, { contrast: [0, 1] as const }]) {
      const { read, excitatory, inhibitory } = explainer.explain(problem.query, explained, 10)
      expect({ excitatory, inhibitory }).toEqual(scanned(problem, explained, 10))
      expect(read).toBeGreaterThanOrEqual(20)
      expect(read).toBeLessThan(n / 4)
    }
  })

  test('are found from a small part of the examples for mixed signs too', async () => {
    const n = 4000
    const problem = { ...heavyTailed(n, 4), features: normalMatrix(n, 4, 3), query: [1, -2, 0.5, 1] }
    const { read, excitatory, inhibitory } = (await explainerOf(problem)).explain(
      problem.query,
      { output: 1 },
      10,
    )
    expect({ excitatory, inhibitory }).toEqual(scanned(problem, { output: 1 }, 10))
    expect(read).toBeLessThan(n / 4)
  })

  test('are the smaller row on ties, even where a bound meets a value in its last digit', async () => {
    // The second example has the same value and a larger bound, so it is met first; k is 1.
    const features = { rows: 2, cols: 3, data: Float32Array.of(3, 4, 0, 3, 4, 5) }
    const alpha = { rows: 2, cols: 2, data: Float32Array.of(2, 0, 2, 0) }
    const normal = randomNormal(6)
    for (let run = 0; run < 500; run++) {
      const s = Math.abs(normal())
      const problem = {
        features,
        alpha,
        query: [3 * s, 4 * s, 0],
        classes: Int32Array.of(0, 0),
        kernel: kernelOf('none', 3),
      }
      const { excitatory } = (await explainerOf(problem)).explain(problem.query, { output: 0 }, 1)
      expect(excitatory.map(({ row }) => row)).toEqual([0])
    }
  })

  test('are none where k is 0, and none are read', async () => {
    const problem = heavyTailed(100, 3)
    const { read, excitatory, inhibitory } = (await explainerOf(problem)).explain(
      problem.query,
      { output: 1 },
      0,
    )
    expect({ read, excitatory, inhibitory }).toEqual({ read: 0, excitatory: [], inhibitory: [] })
  })
})

/** Non-negative features, and alphas of which a few are far larger than the rest. */
function heavyTailed(n: number, d: number): SearchProblem {
  const normal = randomNormal(5)
  const alpha = Float32Array.from({ length: n * 3 }, () => Math.sign(normal()) * Math.exp(3 * normal()))
  return {
    features: { rows: n, cols: d, data: normalMatrix(n, d, 4).data.map(Math.abs) },
    alpha: { rows: n, cols: 3, data: alpha },
    query: Array.from({ length: d }, (_, p) => 1 + (p % 3)),
    classes: Int32Array.from({ length: n }, (_, i) => i % 3),
    kernel: kernelOf('regularised', d),
  }
}

describe('the sums by class', () => {
  const sumOf = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0)

  /** What rounding may do to sums of these values: far above n · 2⁻⁵³ of their sizes. */
  const rounding = (problem: SearchProblem, explained: Explained, theta: Matrix) => {
    const sizes = fullScan(problem, explained).map(({ alpha, row }) => {
      const { mean, constant } = problem.kernel
      let size = constant ? 1 : 0
      problem.query.forEach((q, p) => {
        const [f, m] = [problem.features.data[row * problem.features.cols + p], mean?.[p] ?? 0]
        size += (Math.abs(f) + Math.abs(m)) * (Math.abs(q) + Math.abs(m))
      })
      const { data, cols } = problem.alpha
      const alphas = 'output' in explained ? [alpha] : explained.contrast.map(j => data[row * cols + j])
      return size * Math.max(...alphas.map(Math.abs))
    })
    const ofTheta = sumOf(problem.query.map(q => Math.abs(q) + 1)) + 1
    return 1e-12 * (sumOf(sizes) + ofTheta * Math.max(...theta.data.map(Math.abs)))
  }

  test('are the sums of the values of their examples, whether stored or made when asked', async () => {
    await fc.assert(
      fc.asyncProperty(anyQuestion, async ({ problem, explained, k }) => {
        const stored = (await explainerOf(problem)).explain(problem.query, explained, k)
        const made = (await explainerOf(problem, { storesClasses: false })).explain(
          problem.query,
          explained,
          k,
        )
        const tolerance = rounding(problem, explained, zeros(1, 1))
        const all = fullScan(problem, explained)
        for (let y = 0; y < problem.alpha.cols; y++) {
          const expected = sumOf(
            all.filter(({ row }) => problem.classes[row] === y).map(({ value }) => value),
          )
          for (const { byClass } of [stored, made]) {
            expect(byClass[y].class).toBe(y)
            expect(Math.abs(byClass[y].value - expected)).toBeLessThanOrEqual(tolerance)
          }
        }
      }),
      { numRuns: 1000, seed: 10 },
    )
  })

  test('miss the logit by the completeness gap and no more', async () => {
    await fc.assert(
      fc.asyncProperty(anyQuestion, async ({ problem, explained, k }) => {
        const explainer = await explainerOf(problem)
        const { byClass, logit, completenessGap } = explainer.explain(problem.query, explained, k)
        const theta = normalTheta(problem.features.cols + 1, problem.alpha.cols, 1)
        const missed = Math.abs(sumOf(byClass.map(({ value }) => value)) - logit)
        expect(Math.abs(missed - completenessGap)).toBeLessThanOrEqual(rounding(problem, explained, theta))
      }),
      { numRuns: 1000, seed: 11 },
    )
  })
})

describe('the logit that is explained', () => {
  const problem = heavyTailed(30, 3)

  test('is F̃Θ of the query, and of a contrast the difference of two', async () => {
    const explainer = await explainerOf(problem)
    const logits = explainer.logits(problem.query)
    const theta = normalTheta(4, 3, 1)
    for (let j = 0; j < 3; j++) {
      const expected = [...problem.query, 1].reduce((sum, q, p) => sum + q * theta.data[p * 3 + j], 0)
      expect(logits[j]).toBeCloseTo(expected, 12)
      expect(explainer.explain(problem.query, { output: j }, 1).logit).toBeCloseTo(expected, 12)
    }
    expect(explainer.explain(problem.query, { contrast: [2, 0] }, 1).logit).toBeCloseTo(
      logits[2] - logits[0],
      12,
    )
  })

  test('is covered by the share that the shown values are of it', async () => {
    const { excitatory, inhibitory, covered, logit } = (await explainerOf(problem)).explain(
      problem.query,
      { output: 0 },
      4,
    )
    const shown = [...excitatory, ...inhibitory].reduce((sum, { value }) => sum + value, 0)
    expect(covered).toBeCloseTo(shown / logit, 12)
  })

  test('has no covered share where it is zero', async () => {
    const explainer = await explainerOf({ ...problem, kernel: kernelOf('none', 3) })
    expect(explainer.explain([0, 0, 0], { output: 0 }, 4)).toMatchObject({ logit: 0, covered: null })
  })
})

test('a query too large for its norm to be a number is answered', async () => {
  const problem = { ...heavyTailed(30, 3), query: [1e200, 1e200, 0] }
  const { excitatory, inhibitory } = (await explainerOf(problem)).explain(problem.query, { output: 0 }, 5)
  expect({ excitatory, inhibitory }).toEqual(scanned(problem, { output: 0 }, 5))
})

test('a query too small for its norm to have a square loses no row to its coordinates', async () => {
  const problem = { ...heavyTailed(200, 12), kernel: kernelOf('none', 12) }
  for (const packed of [0, 2 ** 20]) {
    const explainer = await explainerOf(problem, { plan: wholeLists, packed })
    for (let seed = 0; seed < 20; seed++) {
      const query = [...normalMatrix(1, 12, seed).data].map(x => 1e-170 * x)
      const { excitatory, inhibitory } = explainer.explain(query, { output: 0 }, 3)
      expect({ excitatory, inhibitory }).toEqual(scanned({ ...problem, query }, { output: 0 }, 3))
    }
  }
})
