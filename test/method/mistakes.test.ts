import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  confusionMatrix,
  confusionShare,
  mostFrequentRows,
  rankCells,
  rowsOfCell,
} from '../../src/method/explain/mistakes.ts'

/** Labels and predictions of up to 60 examples of up to 6 classes. */
const predictions = fc
  .integer({ min: 2, max: 6 })
  .chain(c =>
    fc.record({
      c: fc.constant(c),
      pairs: fc.array(fc.tuple(fc.nat({ max: c - 1 }), fc.nat({ max: c - 1 })), { maxLength: 60 }),
    }),
  )
  .map(({ c, pairs }) => ({
    c,
    labels: Int32Array.from(pairs, ([label]) => label),
    predicted: Int32Array.from(pairs, ([, predicted]) => predicted),
  }))

const sum = (values: Iterable<number>) => [...values].reduce((total, x) => total + x, 0)

test('a confusion matrix sums to n, its rows to the classes, its columns to the predictions', () => {
  fc.assert(
    fc.property(predictions, ({ c, labels, predicted }) => {
      const { data } = confusionMatrix(labels, predicted, c)
      expect(sum(data)).toBe(labels.length)
      for (let j = 0; j < c; j++) {
        expect(sum(data.subarray(j * c, (j + 1) * c))).toBe(labels.filter(y => y === j).length)
        expect(sum(data.filter((_, at) => at % c === j))).toBe(predicted.filter(y => y === j).length)
      }
    }),
  )
})

test('the cells are all mistakes, the most frequent first, each with its examples', () => {
  fc.assert(
    fc.property(predictions, ({ c, labels, predicted }) => {
      const cells = rankCells(confusionMatrix(labels, predicted, c))
      expect(sum(cells.map(({ count }) => count))).toBe(labels.filter((y, i) => y !== predicted[i]).length)
      cells.forEach((cell, i) => {
        const rows = rowsOfCell(labels, predicted, cell.label, cell.predicted)
        expect(rows).toHaveLength(cell.count)
        expect(rows.every(row => labels[row] === cell.label && predicted[row] === cell.predicted)).toBe(true)
        expect(cell.label).not.toBe(cell.predicted)
        if (i === 0) return
        const before = cells[i - 1]
        const order =
          before.count - cell.count || cell.label - before.label || cell.predicted - before.predicted
        expect(order).toBeGreaterThan(0)
      })
    }),
  )
})

test('the most frequent rows are those that a count of every row puts first', () => {
  const lists = fc.array(fc.uniqueArray(fc.nat({ max: 12 }), { maxLength: 5 }), { maxLength: 12 })
  fc.assert(
    fc.property(lists, fc.nat({ max: 15 }), (tops, k) => {
      const counted = Array.from({ length: 13 }, (_, row) => ({
        row,
        times: tops.filter(top => top.includes(row)).length,
      }))
        .filter(({ times }) => times > 0)
        .sort((a, b) => b.times - a.times || a.row - b.row)
      expect(mostFrequentRows(tops, k)).toEqual(counted.slice(0, k))
    }),
  )
})

test('a confusion is a share of the mistakes of its true class, and has the rank that counting gives it', () => {
  fc.assert(
    fc.property(predictions, ({ c, labels, predicted }) => {
      const matrix = confusionMatrix(labels, predicted, c)
      const confusions = (a: number) => rankCells(matrix).filter(({ label }) => label === a)
      for (let a = 0; a < c; a++) {
        const others = confusions(a)
        for (let b = 0; b < c; b++) {
          if (a === b) continue
          const { mistakes, same, share, rank } = confusionShare(matrix, a, b)
          expect(mistakes).toBe(sum(others.map(({ count }) => count)))
          expect(same).toBe(others.find(cell => cell.predicted === b)?.count ?? 0)
          expect(share).toBe(mistakes === 0 ? null : same / mistakes)
          expect(rank).toBe(same === 0 ? null : 1 + others.filter(({ count }) => count > same).length)
        }
      }
    }),
  )
})
