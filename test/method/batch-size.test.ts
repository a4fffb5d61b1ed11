import { expect, test } from 'vitest'
import { batchSizes, FastestBatch } from '../../src/method/network/batch-size.ts'

test.each<[cols: number, fixed: number | null, isFree: boolean, step: number, most: number]>([
  [784, null, true, 16, 256],
  [784, null, false, 256, 256],
  [3 * 224 * 224, null, true, 16, 64],
  [3 * 224 * 224, null, false, 64, 64],
  [3 * 2048 * 2048, null, true, 1, 1],
  [2 ** 30, null, true, 1, 1],
  [784, 1, false, 1, 256],
  [784, 100, false, 100, 200],
  [784, 1000, false, 1000, 1000],
])('batches of inputs of %i numbers, fixed to %j, free %j', (cols, fixed, isFree, step, most) => {
  expect(batchSizes(cols, fixed, isFree)).toEqual({ step, most })
})

/** Which sizes were taken for so many blocks, where a row takes as long as is told. */
function sizesOf(sizes: { step: number; most: number }, blocks: number, time: (size: number) => number) {
  const fastest = new FastestBatch(sizes)
  return Array.from({ length: blocks }, () => {
    const { size } = fastest
    fastest.took(time(size))
    return size
  })
}

test('each size is tried twice, then the fastest is kept', () => {
  const tried = [16, 32, 64, 128, 16, 32, 64, 128]
  expect(sizesOf({ step: 16, most: 128 }, 11, size => Math.abs(size - 30))).toEqual([...tried, 32, 32, 32])
  expect(sizesOf({ step: 16, most: 128 }, 10, size => -size)).toEqual([...tried, 128, 128])
})

test('of a size that was slow once the better time counts', () => {
  let blocks = 0
  const time = (size: number) => (blocks++ < 2 ? 1000 : size)
  expect(sizesOf({ step: 16, most: 32 }, 6, time).slice(4)).toEqual([16, 16])
})

test('where there is but one size it is taken', () => {
  expect(sizesOf({ step: 100, most: 100 }, 4, () => 1)).toEqual([100, 100, 100, 100])
})
