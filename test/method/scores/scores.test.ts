import { beforeAll, describe, expect, test } from 'vitest'
import { rowOf } from '../../../src/math/matrix.ts'
import { allRows, memoryRows, type Rows } from '../../../src/math/rows.ts'
import type { Problem } from '../../../src/method/head/problem.ts'
import { labelTargets } from '../../../src/method/head/targets.ts'
import { dealFolds } from '../../../src/method/scores/folds.ts'
import type { ScoreName } from '../../../src/method/scores/names.ts'
import { findNeighbours } from '../../../src/method/scores/neighbours.ts'
import { mislabelScores } from '../../../src/method/scores/scores.ts'
import type { ScoreSource } from '../../../src/method/scores/source.ts'
import type { Suspicions } from '../../../src/method/scores/suspicion.ts'
import { cpuRuntime } from '../../../src/runtime/onnxruntime.node.ts'
import { C, D, features, fitted, HEADS, LABELS, N, problemOf } from '../attribution/heads.ts'
import { type DenseHead, dense, denseHead, outer, solveDense, type Vector } from '../dense-head.ts'
import { normalMatrix } from '../problems.ts'

const runtime = cpuRuntime()

describe.each(HEADS.filter(([kind]) => kind !== 'softmax with a teacher'))('of %s, bias %s', (kind, bias) => {
  const problem = problemOf(kind, bias)
  const isClasses = kind === 'softmax with labels'
  let source: ScoreSource
  let head: DenseHead
  let given: Vector[]
  beforeAll(async () => {
    const theta = await fitted(runtime, problem)
    source = { problem, theta, classes: isClasses ? LABELS : null }
    head = await denseHead(problem, theta)
    given = await vectors(problem.targets)
  })

  const score = (name: ScoreName): Promise<Suspicions> => mislabelScores(runtime, name, source)

  /** What each measure says of a σ(Φ) against a label, by its formula. */
  const against = (measure: 'residual' | 'loss' | 'margin' | 'odds', sigma: Vector, i: number): number => {
    if (!isClasses) return Math.max(...sigma.map((p, j) => Math.abs(p - given[i][j])))
    const own = sigma[LABELS[i]]
    const other = Math.max(...sigma.filter((_, j) => j !== LABELS[i]))
    return {
      residual: 1 - own,
      loss: -Math.log(own),
      margin: Math.log(other / own),
      odds: other / (own + other),
    }[measure]
  }

  test('alpha, self-representer, loss and margin are their formulas', async () => {
    const sigma = head.f.map(head.sigma)
    const alpha = sigma.map((p, i) => against('residual', p, i) / (2 * problem.lambda * N))
    expectClose(await score('alpha'), alpha)
    expectClose(
      await score('self-representer'),
      alpha.map((a, i) => a * dense.dot(head.q[i], head.q[i])),
    )
    for (const measure of ['loss', 'margin'] as const) {
      expectClose(
        await score(measure),
        sigma.map((p, i) => against(measure, p, i)),
      )
    }
  })

  test('self-influence, Cook’s distance and leave-one-out are those of the whole Hessian', async () => {
    const found = head.f.map((f, i) => {
      // Aᵢ, column by column: what H⁻¹ makes of f̃ᵢ eⱼᵀ, seen by f̃ᵢ.
      const columns = Array.from({ length: C }, (_, j) => {
        const unit = Array.from({ length: C }, (_, k) => Number(j === k))
        const solved = solveDense(head.hessian as Vector[], outer(f, unit))
        return unit.map((_, k) => f.reduce((sum, x, a) => sum + x * solved[a * C + k], 0) / N)
      })
      const a = columns.map((_, k) => columns.map(column => column[k]))
      const times = (m: readonly Vector[], x: Vector) => m.map(row => dense.dot(row, x))
      const system = a.map((_, j) =>
        a.map((_, k) => Number(j === k) - head.s[i][j].reduce((sum, x, l) => sum + x * a[l][k], 0)),
      )
      const corrected = solveDense(system, head.delta[i])
      const moved = times(a, corrected)
      const phi = moved.map((x, j) => x + f.reduce((sum, y, b) => sum + y * source.theta.data[b * C + j], 0))
      return {
        output: isClasses ? LABELS[i] : largest(corrected.map(Math.abs)),
        self: dense.dot(head.delta[i], times(a, head.delta[i])),
        cooks: dense.dot(corrected, moved),
        leftOut: against('loss', activated(problem, phi), i),
      }
    })
    for (const name of ['self-influence', 'cooks-distance'] as const) {
      expect([...(await score(name)).outputs]).toEqual(found.map(({ output }) => output))
    }
    expectClose(
      await score('self-influence'),
      found.map(({ self }) => self),
    )
    expectClose(
      await score('cooks-distance'),
      found.map(({ cooks }) => cooks),
    )
    expectClose(
      await score('leave-one-out'),
      found.map(({ leftOut }) => leftOut),
    )
  })

  test('out-of-fold is the loss by heads that have not seen the example', async () => {
    const fold = dealFolds(N, source.classes, 0)
    const part: Problem = { ...problem, bias: bias === 'free' ? 'regularised' : bias }
    const wanted = new Array<number>(N)
    for (let k = 0; k < 5; k++) {
      const kept = [...fold.keys()].filter(i => fold[i] !== k)
      const seen = {
        ...part,
        features: memoryRows(await problem.features.fetch(kept)),
        targets: memoryRows(await problem.targets.fetch(kept)),
      }
      const unseen = await denseHead(part, await fitted(runtime, seen))
      for (let i = 0; i < N; i++) {
        if (fold[i] === k) wanted[i] = against('loss', unseen.sigma(unseen.f[i]), i)
      }
    }
    // Heads that only order examples stop at a hundredth of a logit.
    expectClose(await score('out-of-fold'), wanted, 1.5)
  })

  test('neighbours are those with the largest cosine, and a head fitted to them is neighbour-head', async () => {
    const size = (y: number) => LABELS.reduce((sum, label) => sum + Number(label === y), 0)
    const nearest = head.plain.map((f, i) => {
      const cosines = head.plain.map((g, k) => ({ k, cosine: dense.dot(f, g) / dense.norm(g) }))
      return cosines
        .filter(({ k }) => k !== i)
        .sort((a, b) => b.cosine - a.cosine)
        .slice(0, isClasses ? Math.min(20, size(LABELS[i]) - 1) : 20)
        .map(({ k }) => k)
    })
    const voted = nearest.map(rows =>
      given[0].map((_, j) => rows.reduce((sum, k) => sum + given[k][j] / rows.length, 0)),
    )
    const found = await score('neighbours')
    expectClose(
      found,
      voted.map((vote, i) => against('residual', vote, i)),
    )
    // What they say of the label: the class with the most votes, or of the output that is doubted their mean.
    voted.forEach((vote, i) => {
      const said = found.suggested?.[i] as number
      if (isClasses) expect(vote[said]).toBeCloseTo(Math.max(...vote), 6)
      else expect(said).toBeCloseTo(vote[found.outputs[i]], 6)
    })
    const targets = { rows: N, cols: C, data: Float32Array.from(voted.flat()) }
    const part: Problem = {
      ...problem,
      bias: bias === 'free' ? 'regularised' : bias,
      targets: memoryRows(targets),
    }
    const followed = await denseHead(part, await fitted(runtime, part))
    expectClose(
      await score('neighbour-head'),
      followed.f.map((f, i) => against('odds', followed.sigma(f), i)),
      2,
    )
  })

  test('the output that is doubted is the class, or where the label is missed most', async () => {
    const { outputs, suggested } = await score('margin')
    const sigma = head.f.map(head.sigma)
    expect([...outputs]).toEqual(
      sigma.map((p, i) =>
        isClasses
          ? LABELS[i]
          : p.reduce(
              (worst, x, j) => (Math.abs(x - given[i][j]) > Math.abs(p[worst] - given[i][worst]) ? j : worst),
              0,
            ),
      ),
    )
    sigma.forEach((p, i) => {
      expect(suggested?.[i]).toBeCloseTo(isClasses ? p.indexOf(Math.max(...p)) : p[outputs[i]], 6)
    })
  })
})

test.each([
  ['every class has examples', LABELS],
  ['a class has none, whose threshold is 1', LABELS.map(y => y % 2)],
])('confident-learning holds each class against its own threshold where %s', async (_, labels) => {
  const problem = { ...problemOf('softmax with labels', 'regularised'), targets: labelTargets(labels, C) }
  const theta = await fitted(runtime, problem)
  const found = await mislabelScores(runtime, 'confident-learning', { problem, theta, classes: labels })
  const fold = dealFolds(N, labels, 0)
  const p: Vector[] = new Array(N)
  for (let k = 0; k < 5; k++) {
    const kept = [...fold.keys()].filter(i => fold[i] !== k)
    const seen = {
      ...problem,
      features: memoryRows(await problem.features.fetch(kept)),
      targets: memoryRows(await problem.targets.fetch(kept)),
    }
    const head = await denseHead(problem, await fitted(runtime, seen))
    for (let i = 0; i < N; i++) if (fold[i] === k) p[i] = head.sigma(head.f[i])
  }
  const thresholds = Array.from({ length: C }, (_, j) => {
    const own = p.filter((_, i) => labels[i] === j)
    return own.length === 0 ? 1 : own.reduce((sum, row) => sum + row[j] / own.length, 0)
  })
  const over = p.map(row => row.map((x, j) => x - thresholds[j]))
  const others = over.map((row, i) =>
    largest(row.map((x, j) => (j === labels[i] ? Number.NEGATIVE_INFINITY : x))),
  )
  const wanted = over.map((row, i) => row[others[i]] - row[labels[i]])
  expectClose(found, wanted, 2)
  const suggested = new Set<boolean>()
  for (const [i, lead] of wanted.entries()) {
    // Heads that stop at a hundredth of a logit.
    if (Math.abs(lead) < 0.02) continue
    expect(found.suggested?.[i], `example ${i}`).toBe(lead > 0 ? others[i] : labels[i])
    suggested.add(lead > 0)
  }
  expect(suggested).toEqual(new Set([true, false]))
})

describe('neighbours', () => {
  /** What is scored of examples whose only target is their row, so that votes tell whose they are. */
  const sourceOf = (features: Float32Array): ScoreSource => {
    const rows = features.length / 2
    return {
      problem: {
        features: memoryRows({ rows, cols: 2, data: features }),
        targets: memoryRows({ rows, cols: 1, data: Float32Array.from({ length: rows }, (_, row) => row) }),
        activation: 'identity',
        lambda: 0.01,
        bias: 'none',
      },
      theta: { rows: 2, cols: 1, data: new Float64Array(2) },
      classes: null,
    }
  }
  const neighbourRows = async (features: Float32Array): Promise<number[][]> => {
    const { k, nearest, votes } = await findNeighbours(runtime, sourceOf(features))
    return Array.from({ length: features.length / 2 }, (_, i) =>
      Array.from(nearest.subarray(i * k, (i + 1) * k), place => votes.data[place]),
    )
  }

  test('of more examples than vote are those at the nearest angles, never the example itself', async () => {
    const n = 2 ** 14 + 16
    // Places on a circle, not in the order of the rows.
    const step = Int32Array.from({ length: n }, (_, i) => (i * 7919) % n)
    const features = new Float32Array(2 * n)
    step.forEach((at, i) => {
      const angle = (2 * Math.PI * at) / n
      features.set([(1 + (i % 3)) * Math.cos(angle), (1 + (i % 3)) * Math.sin(angle)], 2 * i)
    })
    for (const [i, rows] of (await neighbourRows(features)).entries()) {
      const far = rows.map(row => {
        const apart = Math.abs(step[row] - step[i])
        return Math.min(apart, n - apart)
      })
      // Ten steps to each side, and a few over those who have no vote.
      if (Math.min(...far) === 0 || Math.max(...far) > 13 || new Set(rows).size < rows.length) {
        expect.fail(`example ${i}: ${rows}, ${far} steps apart`)
      }
    }
  })

  test('of an example are the same whether or not another has no features', async () => {
    const n = 60
    const features = normalMatrix(n, 2, 5).data
    features.set([0, 0], 2 * 7)
    const cosine = (i: number, row: number) => {
      const [a, b] = [i, row].map(at => features.subarray(2 * at, 2 * at + 2))
      return dense.dot(a, b) / (dense.norm(a) * dense.norm(b) || 1)
    }
    for (const [i, rows] of (await neighbourRows(features)).entries()) {
      const all = Array.from({ length: n }, (_, row) => row).filter(row => row !== i)
      const wanted = all.map(row => cosine(i, row)).sort((a, b) => b - a)
      rows.forEach((row, place) => {
        expect(cosine(i, row), `example ${i}`).toBeCloseTo(wanted[place], 5)
      })
    }
  })
})

test('alpha-teacher is how far the fit to a given model misses it at the label', async () => {
  const problem = problemOf('softmax with a teacher', 'regularised')
  const teacher = { problem, theta: await fitted(runtime, problem) }
  const labels = problemOf('softmax with labels', 'regularised')
  const source = { problem: labels, theta: await fitted(runtime, labels), classes: LABELS, teacher }
  const head = await denseHead(problem, teacher.theta)
  expectClose(
    await mislabelScores(runtime, 'alpha-teacher', source),
    head.delta.map((delta, i) => Math.abs(delta[LABELS[i]]) / (2 * problem.lambda * N)),
  )
})

describe('a score that cannot be made', () => {
  test('says what it needs', async () => {
    const problem = problemOf('multi-label sigmoid', 'regularised')
    const source = { problem, theta: await fitted(runtime, problem), classes: null }
    await expect(mislabelScores(runtime, 'confident-learning', source)).rejects.toThrow(
      'confident-learning: there is no softmax over the classes, which it needs, choose another score',
    )
    await expect(mislabelScores(runtime, 'alpha-teacher', source)).rejects.toThrow(
      'alpha-teacher: there is no fit to the outputs of a given model, which it needs, choose another score',
    )
    const alone = {
      ...source,
      problem: {
        ...problem,
        features: memoryRows({ ...features, rows: 1, data: features.data.slice(0, D) }),
      },
    }
    await expect(mislabelScores(runtime, 'neighbours', alone)).rejects.toThrow(
      'neighbours: 1 training example, expected 2 or more',
    )
    await expect(mislabelScores(runtime, 'out-of-fold', alone)).rejects.toThrow(
      'folds: 1 training example, expected 2 or more',
    )
  })

  test('names one that can where the head is too large', async () => {
    const rows = (cols: number): Rows => memoryRows({ rows: 2, cols, data: new Float32Array(2 * cols) })
    const problem: Problem = {
      features: rows(3000),
      targets: rows(10),
      activation: 'softmax',
      lambda: 1,
      bias: 'none',
    }
    const theta = { rows: 3000, cols: 10, data: new Float64Array(30_000) }
    for (const name of ['self-influence', 'cooks-distance', 'leave-one-out'] as const) {
      await expect(
        mislabelScores(runtime, name, { problem, theta, classes: Int32Array.of(0, 1) }),
      ).rejects.toThrow(
        `${name}: the Hessian of the head has 450 million numbers, expected 67 million at most, as a softmax over features times outputs of 11,000 has, choose neighbour-head or out-of-fold`,
      )
    }
  })
})

function expectClose({ suspicion }: Suspicions, wanted: readonly number[], digits = 6): void {
  expect(suspicion.length).toBe(wanted.length)
  wanted.forEach((x, i) => {
    expect(suspicion[i], `example ${i}`).toBeCloseTo(x, digits)
  })
}

async function vectors(rows: Rows): Promise<Vector[]> {
  const matrix = await allRows(rows)
  return Array.from({ length: matrix.rows }, (_, i) => Array.from(rowOf(matrix, i)))
}

const largest = (row: Vector): number => row.indexOf(Math.max(...row))

function activated({ activation }: Problem, phi: Vector): Vector {
  if (activation === 'identity') return phi
  if (activation === 'sigmoid') return phi.map(x => 1 / (1 + Math.exp(-x)))
  const powers = phi.map(x => Math.exp(x - Math.max(...phi)))
  const sum = powers.reduce((total, x) => total + x, 0)
  return powers.map(x => x / sum)
}
