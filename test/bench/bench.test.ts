import { describe, expect, it } from 'vitest'
import { judge } from '../../bench/frame/judge.js'
import { gaussians } from '../../bench/frame/random.js'
import { faster, isReached } from '../../bench/frame/row.js'
import { markdownTable, textTable } from '../../bench/frame/table.js'
import { inTurn, median, quantile } from '../../bench/frame/timing.js'

const [n, d, c, lambda] = [40, 3, 4, 0.01]
const normal = gaussians(1)
const matrix = (rows: number, cols: number, next: () => number) => ({
  rows,
  cols,
  data: Float64Array.from({ length: rows * cols }, next),
})

describe('judge', () => {
  const features = matrix(n, d, normal)
  const targets = matrix(n, c, () => 1 / c)
  const theta = matrix(d + 1, c, normal).data

  /** f(Θ), as the peers write it. */
  function objective(point: Float64Array): number {
    let sum = 0
    for (let i = 0; i < n; i++) {
      const phi = Array.from({ length: c }, (_, j) => {
        let product = point[d * c + j]
        for (let a = 0; a < d; a++) product += features.data[i * d + a] * point[a * c + j]
        return product
      })
      sum += Math.log(phi.reduce((total, x) => total + Math.exp(x), 0))
      phi.forEach((x, j) => {
        sum -= targets.data[i * c + j] * x
      })
    }
    return sum / n + lambda * point.reduce((total, x) => total + x * x, 0)
  }

  it('works out the size of the gradient that differences of the objective have', () => {
    const step = 1e-5
    const differences = theta.map((_, k) => {
      const moved = (by: number) => objective(theta.map((x, at) => (at === k ? x + by : x)))
      return (moved(step) - moved(-step)) / (2 * step)
    })
    const expected = Math.hypot(...differences)
    expect(judge({ features, targets, lambda }, theta).gradientNorm).toBeCloseTo(expected, 8)
  })

  it('finds nothing amiss at an optimum', () => {
    // Targets that favour nothing are met by a head of zeros.
    expect(judge({ features, targets, lambda }, new Float64Array(theta.length))).toEqual({
      gradientNorm: expect.closeTo(0, 15),
      gap: expect.closeTo(0, 12),
    })
  })
})

describe('a row', () => {
  const peer = { name: 'a peer', value: 10 }

  it('is reached where the ratio and every check are', () => {
    const at = (ours: number, rest: object) => isReached(faster('fit', ours, peer, rest))
    expect(at(1, { target: { atLeast: 10 } })).toBe(true)
    expect(at(2, { target: { atLeast: 10 } })).toBe(false)
    expect(at(7, { target: { atMost: 1.5 } })).toBe(true)
    expect(at(6, { target: { atMost: 1.5 } })).toBe(false)
    const checks = [{ what: 'smaller', reached: false }]
    expect(at(1, { target: { atLeast: 10 }, checks })).toBe(false)
  })

  it('tells nothing without a target, or without its peer', () => {
    expect(isReached(faster('fit', 1, peer))).toBe(null)
    expect(isReached(faster('fit', 1, { absent: 'not installed' }, { target: { atLeast: 2 } }))).toBe(null)
  })
})

describe('the table', () => {
  const report = {
    machine: {
      ...{ processor: 'a processor', cores: 2, memoryBytes: 2 ** 34, platform: 'linux x64', node: '20.20.2' },
      load: 0.1,
      limits: { matrixProduct: 2e11, torchProduct: null, memoryStream: 2e10 },
    },
    claims: [
      {
        claim: 'gradient',
        rows: [
          faster(
            '50 × 5',
            0.002,
            { name: 'a peer', value: 0.02 },
            {
              target: { atLeast: 5 },
              limit: { of: 'matrixProduct', rate: 1e11 },
              notes: ['noted'],
            },
          ),
        ],
      },
      { claim: 'growth', error: 'arrays not found' },
    ],
  }

  it('shows the figure, the peer, the ratio, the share of the machine, and what failed', () => {
    const [gradient, growth] = textTable(report)
      .split('\n')
      .filter((line: string) => /^(gradient|growth) /.test(line))
    expect(gradient.split(/ {2,}/)).toEqual([
      ...['gradient', '50 × 5', '2.00 ms', '20.0 ms, a peer', '10.0 ×', '≥ 5 ×'],
      ...['50 % of the matrix product', 'reached'],
    ])
    expect(growth).toMatch(/failed$/)
    expect(markdownTable(report)).toContain('- growth: failed: arrays not found')
  })
})

describe('timing', () => {
  it('takes quantiles between neighbours, as NumPy does', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 2, 3])).toBe(2.5)
    expect(quantile([1, 2, 3, 4, 5], 0.99)).toBeCloseTo(4.96, 12)
  })

  it('lets players take turns', async () => {
    const order: string[] = []
    const answers = await inTurn(2, { a: () => order.push('a'), b: () => order.push('b') })
    expect(order).toEqual(['a', 'b', 'a', 'b'])
    expect(answers).toEqual({ a: [1, 3], b: [2, 4] })
  })
})
