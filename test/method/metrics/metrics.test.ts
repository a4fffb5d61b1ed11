import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Matrix } from '../../../src/math/matrix.ts'
import { randomNormal } from '../../../src/math/random.ts'
import { lds, ldsOfPoints, looPearson } from '../../../src/method/metrics/agreement.ts'
import { pearson, ranks, spearman } from '../../../src/method/metrics/correlation.ts'
import { deletionCurve, insertionCurve, meanHeight, prefixes } from '../../../src/method/metrics/curves.ts'
import { averagePrecision, foundShares, rocAuc } from '../../../src/method/metrics/detection.ts'
import { sameClassRate, topKCardinality } from '../../../src/method/metrics/top-lists.ts'

interface Case {
  readonly x: number[]
  readonly y: number[]
  readonly isWrong: number[]
  readonly ranks: number[]
  readonly pearson: number
  readonly spearman: number
  readonly rocAuc: number
  readonly averagePrecision: number
  readonly meanHeight: number
}

const cases: Case[] = JSON.parse(readFileSync(new URL('./metrics.json', import.meta.url), 'utf8'))

describe.each(cases)('of $x.length numbers, SciPy and scikit-learn find the same', given => {
  const { x, y, isWrong } = given

  test('correlations', () => {
    expect([...ranks(x)]).toEqual(given.ranks)
    expect(pearson(x, y)).toBeCloseTo(given.pearson, 12)
    expect(spearman(x, y)).toBeCloseTo(given.spearman, 12)
  })

  test('areas and precision', () => {
    expect(rocAuc(x, isWrong)).toBeCloseTo(given.rocAuc, 12)
    expect(averagePrecision(x, isWrong)).toBeCloseTo(given.averagePrecision, 12)
    expect(
      meanHeight(
        [...x].sort((a, b) => a - b),
        y,
      ),
    ).toBeCloseTo(given.meanHeight, 12)
  })

  test('a share of all examples holds as many wrong ones as its scores say', () => {
    const order = x.map((_, i) => i).sort((a, b) => x[b] - x[a] || a - b)
    const wrong = isWrong.reduce((sum, w) => sum + w, 0)
    const shares = [0, 0.1, 0.25, 0.4, 1]
    const wanted = shares.map(share => {
      const inspected = order.slice(0, Math.floor(share * x.length + 1e-9))
      return inspected.filter(i => isWrong[i] === 1).length / wrong
    })
    expect(foundShares(x, isWrong, shares)).toEqual(wanted)
  })
})

describe('detection', () => {
  test('is 1 where every wrong example stands above every right one, 0 the other way, ½ where all tie', () => {
    const isWrong = [1, 0, 0, 1]
    expect(rocAuc([4, 1, 2, 3], isWrong)).toBe(1)
    expect(averagePrecision([4, 1, 2, 3], isWrong)).toBe(1)
    expect(rocAuc([1, 4, 3, 2], isWrong)).toBe(0)
    expect(rocAuc([7, 7, 7, 7], isWrong)).toBe(0.5)
    expect(averagePrecision([7, 7, 7, 7], isWrong)).toBe(0.5)
  })

  test('counts whole examples, also where a product of doubles falls short of one', () => {
    const n = 100
    const scores = Array.from({ length: n }, (_, i) => n - i)
    expect(
      foundShares(
        scores,
        scores.map((_, i) => Number(i < 29)),
        [0.29],
      ),
    ).toEqual([1])
  })
})

/** [rows, cols] of standard normal numbers. */
function normal(rows: number, cols: number, seed: number): Matrix<Float64Array> {
  return { rows, cols, data: Float64Array.from({ length: rows * cols }, randomNormal(seed)) }
}

describe('agreement', () => {
  const outputs = normal(12, 3, 1)

  test('is whole where values and the truth rise together, and pooled over all pairs', () => {
    const doubled = { ...outputs, data: outputs.data.map(x => 2 * x + 1) }
    expect(looPearson(doubled, outputs)).toBeCloseTo(1, 12)
    expect(looPearson({ ...outputs, data: outputs.data.map(x => -x) }, outputs)).toBeCloseTo(-1, 12)
    // Each point on a line of its own is not one line.
    const shifted = { ...outputs, data: outputs.data.map((x, k) => x + 10 * (k % 3)) }
    expect(looPearson(shifted, outputs)).toBeLessThan(0.5)
  })

  test('by ranks is of each test point, whatever its scale and place', () => {
    const bent = { ...outputs, data: outputs.data.map((x, k) => Math.exp(x) * (1 + (k % 3)) + 10 * (k % 3)) }
    expect([...ldsOfPoints(bent, outputs)]).toEqual([1, 1, 1].map(one => expect.closeTo(one, 12)))
    const columns = [0, 1, 2].map(t => outputs.data.filter((_, k) => k % 3 === t))
    const other = normal(12, 3, 2)
    ldsOfPoints(other, outputs).forEach((score, t) => {
      expect(score).toBeCloseTo(
        spearman(
          other.data.filter((_, k) => k % 3 === t),
          columns[t],
        ),
        12,
      )
    })
  })

  test('leaves test points out whose output never changes', () => {
    const still = { ...outputs, data: outputs.data.map((x, k) => (k % 3 === 1 ? 5 : x)) }
    expect(lds(outputs, still)).toBeCloseTo(1, 12)
  })
})

describe('curves', () => {
  test('are of the first of an order', () => {
    expect(prefixes([4, 2, 9], [0, 1, 3]).map(rows => [...rows])).toEqual([[], [4], [4, 2, 9]])
  })

  test('of deletion say how far outputs fell, of insertion where they are, in the mean', () => {
    const outputs = { rows: 2, cols: 3, data: Float64Array.of(5, 4, 1, 7, 7, 3) }
    expect([...deletionCurve(outputs, [5, 8])]).toEqual([0.5, 1, 4.5])
    expect([...insertionCurve(outputs)]).toEqual([6, 5.5, 2])
    expect(meanHeight([0, 1, 3], [2, 4, 4])).toBeCloseTo((3 + 8) / 3, 12)
  })
})

describe('lists', () => {
  test('of the same examples for all have one k-th of the places, of others all of them', () => {
    expect(
      topKCardinality([
        [1, 2],
        [2, 1],
        [1, 2],
      ]),
    ).toBeCloseTo(1 / 3, 12)
    expect(
      topKCardinality([
        [1, 2],
        [3, 4],
      ]),
    ).toBe(1)
    expect(
      topKCardinality([
        [1, 2],
        [2, 5, 6],
      ]),
    ).toBe(4 / 5)
  })

  test('hold so many of the own class', () => {
    expect(
      sameClassRate(
        [
          [0, 1],
          [2, 3],
        ],
        [5, 6, 5, 5],
        [5, 5],
      ),
    ).toBe(3 / 4)
    // Lists may be of any length: there are so many places as they have together.
    expect(sameClassRate([[1], [0, 2, 3], []], [5, 6, 5, 6], [6, 5, 5])).toBe(3 / 4)
  })
})
