import { describe, expect, it } from 'vitest'
import { pageOf, withFigures } from '../../bench/frame/page.js'
import { CountedRuntime, MOST, Spent } from '../../bench/solver/allowance.js'
import { networkLike } from '../../bench/solver/features.js'
import { fastest, solverMarkdown, solverText } from '../../bench/solver/table.js'

describe('features of the study of solvers', () => {
  const [n, d, c] = [2000, 24, 5]
  const { features, logits } = networkLike({ n, d, c })
  const mean = (values: ArrayLike<number>) =>
    Array.from(values).reduce((sum, x) => sum + x, 0) / values.length
  const column = (a: number) => Array.from({ length: n }, (_, i) => features.data[i * d + a])

  it('are the same each time', () => {
    expect(networkLike({ n, d, c })).toEqual({ features, logits })
  })

  it('are not negative, and about as far from zero as they spread or farther', () => {
    expect(features.data.every((x: number) => x >= 0)).toBe(true)
    for (let a = 0; a < d; a++) {
      const values = column(a)
      const centre = mean(values)
      expect(centre).toBeGreaterThan(Math.sqrt(mean(values.map(x => (x - centre) ** 2))))
    }
  })

  it('are correlated: one direction holds far more of the variance than one feature would', () => {
    const standard = Array.from({ length: d }, (_, a) => {
      const values = column(a)
      const centre = mean(values)
      const size = Math.sqrt(mean(values.map(x => (x - centre) ** 2)))
      return values.map(x => (x - centre) / size)
    })
    let largest = 0
    for (let a = 0; a < d; a++) {
      for (let b = 0; b < a; b++) {
        largest = Math.max(largest, Math.abs(mean(standard[a].map((x, i) => x * standard[b][i]))))
      }
    }
    expect(largest).toBeGreaterThan(0.3)
  })

  it('have logits of the spread that is said, with noise on them', () => {
    expect(mean(logits.data)).toBeCloseTo(0, 1)
    expect(mean(logits.data.map((x: number) => x * x))).toBeCloseTo(3 ** 2 + 0.5 ** 2, 0)
  })
})

describe('the allowance of a run', () => {
  const inputs = (rows: number) => ({ features: { dims: [rows, 3] } })
  const runtime = {
    device: 'cpu',
    load: async () => ({ run: async () => ({}), release: async () => undefined }),
  }

  it('counts what makes gradients and products, by its share of the examples, and nothing else', async () => {
    const counted = new CountedRuntime(runtime, 100)
    const session = await counted.load()
    await session.run(inputs(100), ['value', 'transposed'])
    await session.run(inputs(25), ['transposed', 'constant'])
    await session.run(inputs(100), ['largest'])
    expect(counted.evaluations).toBe(1.25)
  })

  it('ends the run where it is spent', async () => {
    const session = await new CountedRuntime(runtime, 1).load()
    await session.run(inputs(MOST.evaluations), ['transposed'])
    expect(() => session.run(inputs(1), ['transposed'])).toThrow(Spent)
    const late = await new CountedRuntime(runtime, 1, MOST.seconds + 1).load()
    expect(() => late.run(inputs(1), ['transposed'])).toThrow(Spent)
  })
})

describe('the table of the study', () => {
  const run = (solver: string, form: string, seconds: number, converged = true) => ({
    solver,
    form,
    converged,
    evaluations: 12,
    seconds,
  })
  const cell = {
    activation: 'softmax',
    d: 4,
    c: 3,
    n: 5000,
    lambda: 0.001,
    runs: [run('L-BFGS', 'none', 1, false), run('L-BFGS', 'gram', 2), run('Newton-CG', 'gram', 4)],
    fit: run('fit', 'gram', 3),
  }
  const report = {
    machine: { processor: 'a', cores: 2, memoryBytes: 1, platform: 'b', node: '20', load: 0, limits: {} },
    claims: [{ claim: 'solver', rows: [{ cell }] }],
  }

  it('shows what did not converge as such, however fast, and what was fastest of the rest', () => {
    expect(fastest(cell.runs)?.form).toBe('gram')
    expect(fastest([cell.runs[0]])).toBeUndefined()
    expect(solverMarkdown(report)).toContain(
      '| 5,000 × 4 × 3 | 0.001 | – | **12 in 2.00 s** |  | 12 in 4.00 s | gram: 12 in 3.00 s |',
    )
    expect(solverText(report)).toContain('*12 in 2.00 s')
  })

  it('sums up each choice by what it solved and how fast', () => {
    const markdown = solverMarkdown(report)
    expect(markdown).toContain('| softmax | L-BFGS, none | 0 of 1 |  |  |')
    expect(markdown).toContain('| softmax | the fit | 1 of 1 | 1.50 × | 1.50 × |')
  })
})

describe('a page with figures', () => {
  it('is one for claims, one for a study that has its own, and none for both', () => {
    for (const names of [[], ['gradient'], ['gradient', 'growth']])
      expect(pageOf(names)?.file).toBe('bench.md')
    expect(pageOf(['solver'])?.file).toBe('solver.md')
    expect(pageOf(['solver', 'gradient'])).toBeNull()
  })

  it('keeps everything but the figures', () => {
    const page = 'before\n<!-- table -->\nold\n<!-- end of table -->\nbehind\n'
    const written = withFigures(page, 'a $& b')
    expect(written).toBe('before\n<!-- table -->\n\na $& b\n\n<!-- end of table -->\nbehind\n')
    expect(withFigures(written, 'a $& b')).toBe(written)
  })
})
