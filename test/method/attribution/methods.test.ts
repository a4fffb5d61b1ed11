import { beforeAll, describe, expect, test } from 'vitest'
import type { Matrix } from '../../../src/math/matrix.ts'
import { type Dtype, memoryRows, type Rows } from '../../../src/math/rows.ts'
import { directionOf, type TestPoint } from '../../../src/method/attribution/attribution.ts'
import type { Checkpoint } from '../../../src/method/attribution/gradient.ts'
import {
  type AttributionSource,
  METHOD_NAMES,
  type MethodName,
  openAttribution,
} from '../../../src/method/attribution/methods.ts'
import { FactoredHessian } from '../../../src/method/curvature/inverse-hessian.ts'
import type { Problem } from '../../../src/method/head/problem.ts'
import { labelTargets } from '../../../src/method/head/targets.ts'
import { cpuRuntime } from '../../../src/runtime/onnxruntime.node.ts'
import type { Runtime } from '../../../src/runtime/runtime.ts'
import { type DenseHead, dense, denseHead, outer, solveDense, type Vector } from '../dense-head.ts'
import { normalTheta } from '../problems.ts'
import { C, D, features, fitted, HEADS, LABELS, N, POINTS, problemOf } from './heads.ts'

const runtime = cpuRuntime()
const { dot, norm } = dense

/** All values of a method [n, points]. */
async function valuesOf(
  method: MethodName,
  source: AttributionSource,
  points: readonly TestPoint[] = POINTS,
): Promise<number[][]> {
  const attribution = await openAttribution(runtime, method, source)
  const out = Array.from({ length: N }, () => new Array<number>(points.length).fill(Number.NaN))
  for await (const { start, point, values } of attribution.values(points)) {
    values.data.forEach((value, k) => {
      out[start + Math.floor(k / values.cols)][point + (k % values.cols)] = value
    })
  }
  await attribution.release()
  return out
}

function expectClose(got: readonly number[][], wanted: (i: number, t: number) => number): void {
  let size = 0
  let miss = 0
  got.forEach((row, i) => {
    row.forEach((value, t) => {
      size = Math.max(size, Math.abs(wanted(i, t)))
      miss = Math.max(miss, Math.abs(value - wanted(i, t)))
      expect(Number.isFinite(value)).toBe(true)
    })
  })
  expect(miss).toBeLessThan(1e-9 * (size + 1e-3))
}

describe.each(HEADS)('at a head of %s, bias %s', (kind, bias) => {
  const problem = problemOf(kind, bias)
  const given = normalTheta(D + Number(bias !== 'none'), C, 11)
  const checkpoints: Checkpoint[] = [
    { theta: given, rate: 0.5 },
    { theta: normalTheta(given.rows, C, 12), rate: 2 },
  ]
  let theta: Matrix<Float64Array>
  let head: DenseHead
  let source: AttributionSource
  beforeAll(async () => {
    theta = await fitted(runtime, problem)
    head = await denseHead(problem, theta)
    source = {
      problem,
      theta,
      given: { theta: given, labels: labelTargets(LABELS, C) },
      checkpoints,
      classes: LABELS,
    }
  })

  const scale = -1 / (2 * problem.lambda * N)
  const extended = (t: number) => head.extend(POINTS[t].features)
  const queried = (t: number) => head.query(POINTS[t].features)
  const direction = (t: number) => directionOf(POINTS[t], C)
  /** δ of a test point: against its target, else what the head predicts */
  const residual = (of: DenseHead, t: number): Vector => {
    const sigma = of.sigma(extended(t))
    const top = sigma.indexOf(Math.max(...sigma))
    const predicted = {
      softmax: sigma.map((_, j) => Number(j === top)),
      sigmoid: sigma.map(p => Number(p > 0.5)),
      identity: sigma,
    }[problem.activation as 'softmax']
    return sigma.map((p, j) => p - (POINTS[t].target ?? predicted)[j])
  }
  const kernel = (i: number, t: number) => dot(head.q[i], queried(t))
  const solved = (side: Vector) => solveDense(head.hessian, side)
  const valueOfSolved = (delta: readonly Vector[], sides: readonly Vector[], sign: number) => {
    const v = sides.map(solved)
    return (i: number, t: number) => (sign / N) * dot(outer(head.f[i], delta[i]), v[t])
  }

  test('representer values are α k, and add up to what is explained of the logit', async () => {
    const got = await valuesOf('representer', source)
    expectClose(got, (i, t) => scale * dot(head.delta[i], direction(t)) * kernel(i, t))
    POINTS.forEach((_, t) => {
      const own = bias === 'free' ? dot(direction(t), theta.data.subarray(D * C)) : 0
      const logit = dot(outer(extended(t), direction(t)), theta.data)
      expect(got.reduce((sum, row) => sum + row[t], own)).toBeCloseTo(logit, 7)
    })
  })

  test('relative values do not know how large α and the features are', async () => {
    const size = (i: number) => norm(head.delta[i]) * norm(head.q[i])
    expectClose(
      await valuesOf('relative', source),
      (i, t) => (-dot(head.delta[i], direction(t)) * kernel(i, t)) / size(i),
    )
  })

  test('cosine values are α times the cosine', async () => {
    expectClose(
      await valuesOf('cosine', source),
      (i, t) =>
        (scale * dot(head.delta[i], direction(t)) * kernel(i, t)) / norm(head.q[i]) / norm(queried(t)),
    )
  })

  test('centred values are α times the kernel about the mean', async () => {
    const mean = Array.from({ length: D }, (_, a) => head.plain.reduce((sum, f) => sum + f[a] / N, 0))
    const about = (f: ArrayLike<number>) => mean.map((m, a) => f[a] - m)
    expectClose(
      await valuesOf('centred', source),
      (i, t) =>
        scale * dot(head.delta[i], direction(t)) * dot(about(head.plain[i]), about(POINTS[t].features)),
    )
  })

  test('values without a refit take α of the given head against the labels', async () => {
    const there = await denseHead({ ...problem, targets: labelTargets(LABELS, C) }, given)
    expectClose(
      await valuesOf('no-refit', source),
      (i, t) => scale * dot(there.delta[i], direction(t)) * kernel(i, t),
    )
  })

  test('influence is −1/n f̃ₜᵀ[H⁻¹g]', async () => {
    const sides = POINTS.map((_, t) => outer(extended(t), direction(t)))
    expectClose(await valuesOf('influence', source), valueOfSolved(head.delta, sides, -1))
  })

  test('corrected influence is a Newton step of the objective without the example', async () => {
    // H without example i, times n/n, and its gradient at Θ, which is −gᵢ/n.
    const got = await valuesOf('influence-corrected', source)
    expectClose(got, (i, t) => {
      const without = head.hessian.map((row, x) =>
        row.map((h, y) => {
          const [a, j, b, k] = [Math.floor(x / C), x % C, Math.floor(y / C), y % C]
          return h - (head.s[i][j][k] * head.f[i][a] * head.f[i][b]) / N
        }),
      )
      const moved = solveDense(
        without,
        outer(head.f[i], head.delta[i]).map(g => g / N),
      )
      return -dot(outer(extended(t), direction(t)), moved)
    })
  })

  test('influence on the loss is 1/n ∇L(t)ᵀH⁻¹g', async () => {
    const sides = POINTS.map((_, t) => outer(extended(t), residual(head, t)))
    expectClose(await valuesOf('influence-loss', source), valueOfSolved(head.delta, sides, 1))
  })

  test('grad-dot is the inner product of gradients', async () => {
    expectClose(await valuesOf('grad-dot', source), (i, t) =>
      dot(outer(head.f[i], head.delta[i]), outer(extended(t), residual(head, t))),
    )
  })

  test('grad-cos is their cosine', async () => {
    expectClose(await valuesOf('grad-cos', source), (i, t) => {
      const [g, h] = [outer(head.f[i], head.delta[i]), outer(extended(t), residual(head, t))]
      // A test point that is predicted exactly has no gradient.
      return norm(h) < 1e-12 ? 0 : dot(g, h) / norm(g) / norm(h)
    })
  })

  test('tracin sums over checkpoints', async () => {
    const heads = await Promise.all(checkpoints.map(({ theta }) => denseHead(problem, theta)))
    expectClose(await valuesOf('tracin', source), (i, t) =>
      heads.reduce(
        (sum, at, s) =>
          sum + checkpoints[s].rate * dot(at.delta[i], residual(at, t)) * dot(at.f[i], extended(t)),
        0,
      ),
    )
  })

  test('the whitened kernel is f̃ᵀ(F̃ᵀF̃/n + 2λI)⁻¹f̃', async () => {
    const width = head.q[0].length
    const moment = Array.from({ length: width }, (_, a) =>
      Array.from(
        { length: width },
        (_, b) =>
          head.q.reduce((sum, q) => sum + (q[a] * q[b]) / N, 0) + Number(a === b) * 2 * problem.lambda,
      ),
    )
    const v = POINTS.map((_, t) => solveDense(moment, queried(t)))
    expectClose(await valuesOf('whitened', source), (i, t) => dot(head.q[i], v[t]))
  })
})

describe('similarity', () => {
  const problem = problemOf('softmax with labels', 'regularised')
  const source = { problem, theta: normalTheta(D + 1, C, 1), classes: LABELS, neighbours: 3 }
  const f = (i: number) => features.data.subarray(i * D, (i + 1) * D)
  const g = (t: number) => POINTS[t].features
  const distance = (i: number, t: number) => norm(Array.from(f(i), (x, a) => x - g(t)[a]))

  test('by inner product, cosine and distance', async () => {
    expectClose(await valuesOf('similarity-dot', source), (i, t) => dot(f(i), g(t)))
    expectClose(
      await valuesOf('similarity-cosine', source),
      (i, t) => dot(f(i), g(t)) / norm(f(i)) / norm(g(t)),
    )
    expectClose(await valuesOf('similarity-euclidean', source), (i, t) => -distance(i, t))
  })

  test('every example is at no distance of itself, whichever way its length is rounded', async () => {
    const own = Array.from({ length: N }, (_, i) => ({ features: f(i), output: 0 }))
    const got = await valuesOf('similarity-euclidean', source, own)
    for (let i = 0; i < N; i++) expect(got[i][i]).toBeCloseTo(0, 6)
  })

  test.each([
    [3, 'so many are asked for', source],
    [5, 'none are', { ...source, neighbours: undefined }],
  ])('Shapley values add up to the share of the %i nearest with the class, where %s', async (k, _, asked) => {
    const { neighbours, ...rest } = asked
    const got = await valuesOf('knn-shapley', neighbours === undefined ? rest : asked)
    POINTS.forEach(({ output, target }, t) => {
      const wanted = target ? Array.from(target).indexOf(1) : output
      const nearest = Array.from({ length: N }, (_, i) => i)
        .sort((a, b) => distance(a, t) - distance(b, t))
        .slice(0, k)
      const share = nearest.filter(i => LABELS[i] === wanted).length / k
      expect(got.reduce((sum, row) => sum + row[t], 0)).toBeCloseTo(share, 12)
    })
  })
})

describe('random values', () => {
  const problem = problemOf('softmax with labels', 'none')
  const source = { problem, theta: normalTheta(D, C, 1) }

  test('are the same for the same seed, and others for another', async () => {
    const [a, b, c] = await Promise.all([5, 5, 6].map(seed => valuesOf('random', { ...source, seed })))
    expect(a).toEqual(b)
    expect(a).not.toEqual(c)
  })

  test('of one point are those that it has beside others, and of no other point', async () => {
    const all = await valuesOf('random', source)
    const first = await valuesOf('random', source, POINTS.slice(0, 1))
    expect(first.flat()).toEqual(all.map(row => row[0]))
    expect(all.map(row => row[0])).not.toEqual(all.map(row => row[1]))
  })
})

test('a test point that the head is sure of has a gradient all the same, however small', async () => {
  const problem = problemOf('softmax with labels', 'none')
  const theta = normalTheta(D, C, 6)
  const head = await denseHead(problem, theta)
  for (const [t, scale] of [1, 20, 60].entries()) {
    const features = Array.from(POINTS[t].features, x => scale * x)
    const phi = Array.from({ length: C }, (_, j) =>
      features.reduce((sum, x, a) => sum + x * theta.data[a * C + j], 0),
    )
    const top = phi.indexOf(Math.max(...phi))
    // σ(Φ) of the others by differences to the largest, and 1 − σ(Φ) of that as their sum.
    const powers = phi.map(x => Math.exp(x - phi[top]))
    const others = powers.map((x, j) => (j === top ? 0 : x / powers.reduce((sum, y) => sum + y)))
    const delta = others.map((x, j) => (j === top ? -others.reduce((sum, y) => sum + y) : x))
    const got = await valuesOf('grad-dot', { problem, theta }, [{ features, output: 0 }])
    got.forEach(([value], i) => {
      const wanted = dot(head.delta[i], delta) * dot(head.plain[i], features)
      expect(value / wanted).toBeCloseTo(1, 8)
    })
  }
})

describe('a stop', () => {
  /** Rows in blocks of a few. */
  const inBlocks = <D extends Dtype>(rows: Rows<D>): Rows<D> => ({
    ...rows,
    blocks: (size, from) => rows.blocks(Math.min(size, 10), from),
  })
  const base = problemOf('softmax with labels', 'regularised')
  const problem = { ...base, features: inBlocks(base.features), targets: inBlocks(base.targets) }
  const theta = normalTheta(D + 1, C, 1)

  /** A runtime of which one run is the moment of the stop. */
  function stopping(controller: AbortController, run: number) {
    const counted = { runs: 0 }
    const stops: Runtime = {
      ...runtime,
      async load(...model) {
        const session = await runtime.load(...model)
        return {
          run(...inputs) {
            if (++counted.runs === run) controller.abort()
            return session.run(...inputs)
          },
          release: () => session.release(),
        }
      },
    }
    return { stops, counted }
  }

  test.each([
    ['influence', 1],
    ['influence-corrected', 1],
    ['influence-loss', 1],
    ['whitened', 1],
    // In each of its three passes over four blocks.
    ['ek-fac', 1],
    ['ek-fac', 5],
    ['ek-fac', 9],
  ] as const)('is heard between blocks while %s is opened, at run %i', async (method, run) => {
    const controller = new AbortController()
    const { stops, counted } = stopping(controller, run)
    const { signal } = controller
    await expect(openAttribution(stops, method, { problem, theta, signal })).rejects.toThrow(/abort/)
    expect(counted.runs).toBe(run)
  })

  test('is heard while leverages are made of a Hessian that is there', async () => {
    const hessian = await FactoredHessian.make(runtime, problem, theta)
    const controller = new AbortController()
    let columns = 0
    const stopping = Object.assign(Object.create(hessian), {
      groups: hessian.groups,
      inverseBlocks(group: number, k: number) {
        columns++
        controller.abort()
        return hessian.inverseBlocks(group, k)
      },
    }) as FactoredHessian
    const source = { problem, theta, hessian: stopping, signal: controller.signal }
    await expect(openAttribution(runtime, 'influence-corrected', source)).rejects.toThrow(/abort/)
    expect(columns).toBe(1)
    await hessian.release()
  })
})

describe('what a method needs', () => {
  test('is a Hessian that is small enough, of corrected influence', async () => {
    const [d, c] = [1200, 10]
    const problem: Problem = {
      features: memoryRows({ rows: 2, cols: d, data: new Float32Array(2 * d) }),
      targets: labelTargets(Int32Array.of(0, 1), c),
      activation: 'softmax',
      lambda: 1,
      bias: 'none',
    }
    const theta = { rows: d, cols: c, data: new Float64Array(d * c) }
    await expect(openAttribution(runtime, 'influence-corrected', { problem, theta })).rejects.toThrow(
      'influence-corrected: the Hessian of the head has 72 million numbers, expected 67 million at most, as a softmax over features times outputs of 11,000 has, use influence',
    )
  })

  test.each([
    ['no-refit', 'no-refit: the given head and labels not given, give them or leave the method out'],
    ['tracin', 'tracin: checkpoints of the head not given, give them or leave the method out'],
    [
      'knn-shapley',
      'knn-shapley: a class for each training example not given, give them or leave the method out',
    ],
  ] as const)('is asked for by %s', async (method, message) => {
    const problem: Problem = problemOf('softmax with labels', 'none')
    const opened = openAttribution(runtime, method, { problem, theta: normalTheta(D, C, 1) })
    await expect(opened).rejects.toThrow(message)
  })

  test('is a checkpoint at least, for tracin', async () => {
    const problem = problemOf('softmax with labels', 'none')
    const source = { problem, theta: normalTheta(D, C, 1), checkpoints: [] }
    await expect(openAttribution(runtime, 'tracin', source)).rejects.toThrow(
      'tracin: checkpoints of the head not given, give them or leave the method out',
    )
  })

  test('is tested for every method', () => {
    expect(METHOD_NAMES).toHaveLength(18)
  })
})
