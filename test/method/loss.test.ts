import { describe, expect, test } from 'vitest'
import { dot, type Matrix, rowOf, zeros } from '../../src/math/matrix.ts'
import { random, randomNormal } from '../../src/math/random.ts'
import { lossOf } from '../../src/method/head/loss.ts'
import type { Activation } from '../../src/onnx/activation.ts'
import { GraphBuilder } from '../../src/onnx/builder.ts'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'
import { matrixTensor, type Session } from '../../src/runtime/runtime.ts'
import { lines } from './fixtures.ts'
import { ACTIVATIONS, map, normalTheta } from './problems.ts'

type Doubles = Matrix<Float64Array>

const C = 4

/** What a loss gives; `exact` is its residual without cancellation, `curved` how that moves along V. */
interface Answer {
  readonly value: number
  readonly residual: Float64Array
  readonly exact: Float64Array
  readonly curved: Float64Array
  readonly slopes: Float64Array
}

/** One loss, as its graph gives them in double precision. */
class LossRun {
  readonly #session: Session

  private constructor(session: Session) {
    this.#session = session
  }

  static async load(
    activation: Activation,
    c = C,
    precision: 'float32' | 'float64' = 'float64',
  ): Promise<LossRun> {
    const g = new GraphBuilder('loss')
    const phi = g.cast(g.input('phi', 'float64', ['rows', c]), precision)
    const targets = g.cast(g.input('targets', 'float64', ['rows', c]), precision)
    const v = g.cast(g.input('v', 'float64', ['rows', c]), precision)
    const loss = lossOf(activation)
    const { values, residual } = loss.build(g, phi, targets)
    g.output('values', g.cast(values, 'float64'))
    g.output('residual', g.cast(residual, 'float64'))
    g.output('exact', g.cast(loss.residual(g, phi, targets, c), 'float64'))
    g.output('curved', g.cast(loss.curve(g, phi, v), 'float64'))
    g.output('slopes', g.cast(loss.slopes(g, phi, c), 'float64'))
    return new LossRun(await cpuRuntime(1).load(g.build()))
  }

  async at(phi: Doubles, targets: Doubles, v: Doubles = targets): Promise<Answer> {
    const inputs = { phi: matrixTensor(phi), targets: matrixTensor(targets), v: matrixTensor(v) }
    const { values, ...vectors } = await this.#session.run(inputs, [
      'values',
      'residual',
      'exact',
      'curved',
      'slopes',
    ])
    const data = (name: string) => vectors[name].data as Float64Array
    return {
      value: (values.data as Float64Array).reduce((sum, x) => sum + x, 0),
      residual: data('residual'),
      exact: data('exact'),
      curved: data('curved'),
      slopes: data('slopes'),
    }
  }

  async value(phi: Doubles, targets: Doubles): Promise<number> {
    return (await this.at(phi, targets)).value
  }
}

/** σ row by row, as the loss itself activates. */
function activated(activation: Activation, phi: Doubles): Doubles {
  const out = { ...phi, data: phi.data.slice() }
  for (let i = 0; i < phi.rows; i++) lossOf(activation).activate(rowOf(out, i))
  return out
}

const gaussian = (rows: number, seed: number, scale = 2): Doubles =>
  map(normalTheta(rows, C, seed), x => scale * x)

/** Targets that no loss minds: a σ of something else, rows of softmax summing to 1. */
const targetsFor = (activation: Activation, rows: number, seed: number): Doubles =>
  activated(activation, gaussian(rows, seed))

const sizes = (a: Doubles): number => a.data.reduce((sum, x) => sum + Math.abs(x), 1)

describe.each(ACTIVATIONS)('the %s loss', activation => {
  test('has σ(Φ) − T for its gradient: the residual equals finite differences of the value', async () => {
    const run = await LossRun.load(activation)
    // No kink of σ within a step of any entry.
    const kinks = [-2.5, -1, 0, 0.25, 0.5, 1.25, 2.5, 6]
    const phi = map(gaussian(3, 1), x => (kinks.some(kink => Math.abs(x - kink) < 0.01) ? x + 0.05 : x))
    const targets = targetsFor(activation, 3, 2)
    const { residual } = await run.at(phi, targets)
    const h = 1e-3
    for (let i = 0; i < phi.data.length; i++) {
      const at = (steps: number) =>
        run.value({ ...phi, data: phi.data.map((x, other) => (other === i ? x + steps * h : x)) }, targets)
      const [a, b, c, d] = await Promise.all([at(-2), at(-1), at(1), at(2)])
      const stencil = (a - 8 * b + 8 * c - d) / (12 * h)
      expect(Math.abs(stencil - residual[i])).toBeLessThan(1e-9)
    }
  })

  test('has σ(Φ) − T for its residual, σ as in `activate`', async () => {
    const run = await LossRun.load(activation)
    const phi = gaussian(50, 3)
    const targets = targetsFor(activation, 50, 4)
    const { residual } = await run.at(phi, targets)
    const sigma = activated(activation, phi)
    residual.forEach((r, i) => {
      expect(r).toBeCloseTo(sigma.data[i] - targets.data[i], 14)
    })
  })

  test('curves as its residual moves: finite differences along any direction', async () => {
    const run = await LossRun.load(activation)
    const kinks = [-2.5, -1, 0, 0.25, 0.5, 1.25, 2.5, 6]
    const phi = map(gaussian(30, 21), x => (kinks.some(kink => Math.abs(x - kink) < 0.01) ? x + 0.05 : x))
    const targets = targetsFor(activation, 30, 22)
    const v = gaussian(30, 23)
    const h = 1e-5
    const at = async (t: number) =>
      (await run.at({ ...phi, data: phi.data.map((x, i) => x + t * v.data[i]) }, targets)).residual
    const [ahead, behind] = [await at(h), await at(-h)]
    const { curved } = await run.at(phi, targets, v)
    curved.forEach((x, i) => {
      expect(Math.abs(x - (ahead[i] - behind[i]) / (2 * h))).toBeLessThan(1e-8)
    })
  })

  test('its slopes are its second derivatives, of softmax their mean over what it sees', async () => {
    const run = await LossRun.load(activation)
    const phi = gaussian(10, 24)
    const targets = targetsFor(activation, 10, 25)
    const { slopes } = await run.at(phi, targets)
    const trace = new Float64Array(10)
    for (let j = 0; j < C; j++) {
      const unit = { ...phi, data: phi.data.map((_, k) => Number(k % C === j)) }
      const { curved } = await run.at(phi, targets, unit)
      for (let i = 0; i < 10; i++) {
        trace[i] += curved[i * C + j]
        if (lossOf(activation).isSeparate) expect(slopes[i * C + j]).toBeCloseTo(curved[i * C + j], 14)
      }
    }
    if (!lossOf(activation).isSeparate) {
      slopes.forEach((slope, i) => {
        expect(slope).toBeCloseTo(trace[i] / (C - 1), 14)
      })
    }
  })

  test('is convex along every segment', async () => {
    const run = await LossRun.load(activation)
    const uniform = random(5)
    for (let seed = 0; seed < 100; seed++) {
      const [a, b] = [gaussian(1, 2 * seed, 4), gaussian(1, 2 * seed + 1, 4)]
      const targets = targetsFor(activation, 1, 500 + seed)
      const t = uniform()
      const between = { ...a, data: a.data.map((x, i) => (1 - t) * x + t * b.data[i]) }
      const [atA, atB, at] = await Promise.all([a, b, between].map(phi => run.value(phi, targets)))
      expect(at).toBeLessThanOrEqual((1 - t) * atA + t * atB + 1e-13 * sizes(a) * sizes(b))
    }
  })

  test('is suitable (proposition 3.1): least exactly where σ(Φ) = T', async () => {
    const run = await LossRun.load(activation)
    const normal = randomNormal(6)
    for (let seed = 0; seed < 40; seed++) {
      const phi = gaussian(1, seed)
      const targets = activated(activation, phi)
      const { value: least, residual } = await run.at(phi, targets)
      for (const r of residual) expect(Math.abs(r)).toBeLessThan(1e-14)
      for (const scale of [0.01, 0.1, 1, 10]) {
        const elsewhere = map(phi, x => x + scale * normal())
        const sigma = activated(activation, elsewhere)
        const value = await run.value(elsewhere, targets)
        const distance = Math.max(...sigma.data.map((s, j) => Math.abs(s - targets.data[j])))
        if (distance > 1e-4) expect(value).toBeGreaterThan(least)
        else expect(value).toBeGreaterThan(least - 1e-12)
      }
    }
  })

  test('does not overflow where |Φ| = 1000', async () => {
    const run = await LossRun.load(activation)
    const phi = {
      rows: 4,
      cols: C,
      data: Float64Array.of(1e3, -1e3, 0, 1, -1e3, -1e3, -1e3, -1e3, 1e3, 1e3, 1e3, 1e3, 0, 1, -1e3, 2),
    }
    for (const targets of [targetsFor(activation, 4, 7), activated(activation, phi)]) {
      const { value, residual } = await run.at(phi, targets)
      expect(value).toSatisfy(Number.isFinite)
      const sigma = activated(activation, phi)
      residual.forEach((r, i) => {
        expect(r).toBeCloseTo(sigma.data[i] - targets.data[i], 12)
      })
    }
  })

  test('sums over rows, whose residuals do not depend on each other', async () => {
    const run = await LossRun.load(activation)
    const phi = gaussian(20, 8)
    const targets = targetsFor(activation, 20, 9)
    const all = await run.at(phi, targets)
    let sum = 0
    for (let i = 0; i < 20; i++) {
      const row = (m: Doubles): Doubles => ({ rows: 1, cols: C, data: rowOf(m, i).slice() })
      const { value, residual } = await run.at(row(phi), row(targets))
      sum += value
      expect(residual).toEqual(all.residual.slice(i * C, (i + 1) * C))
    }
    expect(all.value).toBeCloseTo(sum, 10)
  })
})

test('losses that do not see a change of Φ have the same σ there', async () => {
  const relu = await LossRun.load('relu')
  const negative = { rows: 1, cols: C, data: Float64Array.of(-1, -2, -0.5, -1e3) }
  expect(await relu.value(negative, zeros(1, C))).toBe(
    await relu.value(
      map(negative, x => 3 * x),
      zeros(1, C),
    ),
  )
  const softmax = await LossRun.load('softmax')
  const phi = gaussian(1, 10)
  const targets = targetsFor('softmax', 1, 11)
  const shifted = map(phi, x => x + 7)
  expect(await softmax.value(shifted, targets)).toBeCloseTo(await softmax.value(phi, targets), 12)
})

describe('residuals of softmax without cancellation', () => {
  test('sum to 0 in every row', async () => {
    const phi = gaussian(200, 12, 10)
    for (const targets of [targetsFor('softmax', 200, 13), activated('softmax', phi), oneHot(200)]) {
      const { exact } = await (await LossRun.load('softmax')).at(phi, targets)
      for (let i = 0; i < 200; i++) {
        const row = exact.subarray(i * C, (i + 1) * C)
        expect(Math.abs(dot(row, new Float64Array(C).fill(1)))).toBeLessThan(1e-15)
      }
    }
  })

  test('keep twelve digits however confident the row: every entry is what 700 digits give', async () => {
    for (const { phi, target, residual } of lines<Residual>('softmax-residual.jsonl')) {
      const found = await (await LossRun.load('softmax', phi.length)).at(rowMatrix(phi), rowMatrix(target))
      residual.forEach((expected, j) => {
        expectDigits(found.exact[j], expected, 1e-12)
      })
    }
  })

  test('keep six digits in single precision as far as its exponents go', async () => {
    for (const { phi, target, residual } of lines<Residual>('softmax-residual.jsonl')) {
      // Sums of logits that single precision holds, or the comparison would be of the rounded logits.
      if (phi.some(x => Math.fround(x) !== x) || Math.max(...phi) - Math.min(...phi) > 80) continue
      const found = await (await LossRun.load('softmax', phi.length, 'float32')).at(
        rowMatrix(phi),
        rowMatrix(target),
      )
      residual.forEach((expected, j) => {
        expectDigits(found.exact[j], expected, 1e-5)
      })
    }
  })
})

test('residuals of sigmoid are what 700 digits give, to the rounding of 1', async () => {
  const run = await LossRun.load('sigmoid', 1)
  for (const { phi, target, residual } of lines<Residual>('sigmoid-residual.jsonl')) {
    const found = await run.at(rowMatrix(phi), rowMatrix(target))
    expect(Math.abs(found.residual[0] - residual[0])).toBeLessThan(1e-15)
  }
})

interface Residual {
  readonly phi: readonly number[]
  readonly target: readonly number[]
  readonly residual: readonly number[]
}

const rowMatrix = (row: readonly number[]): Doubles => ({
  rows: 1,
  cols: row.length,
  data: Float64Array.from(row),
})

function oneHot(rows: number): Doubles {
  const out = zeros(rows, C)
  for (let i = 0; i < rows; i++) out.data[i * C + (i % C)] = 1
  return out
}

function expectDigits(found: number, expected: number, relative: number): void {
  expect(Math.abs(found - expected), `${found} for ${expected}`).toBeLessThanOrEqual(
    relative * Math.abs(expected),
  )
}
