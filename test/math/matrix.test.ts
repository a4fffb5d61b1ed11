import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { narrowFloat16, widened } from '../../src/math/float16.ts'
import {
  argmax,
  dot,
  expectShape,
  type Matrix,
  norm,
  rowArgmax,
  rowOf,
  subtract,
  toFloat64,
  transpose,
  zeros,
  zerosFloat32,
} from '../../src/math/matrix.ts'
import { memoryRows } from '../../src/math/rows.ts'
import { UserError } from '../../src/user-error.ts'

const anyMatrix: fc.Arbitrary<Matrix<Float32Array>> = fc
  .record({ rows: fc.nat(12), cols: fc.nat(5) })
  .chain(({ rows, cols }) =>
    fc
      .array(fc.float({ noNaN: true }), { minLength: rows * cols, maxLength: rows * cols, size: 'max' })
      .map(data => ({ rows, cols, data: Float32Array.from(data) })),
  )

const seeded = { numRuns: 300, seed: 1 }

describe('a transpose', () => {
  test('turned again is the matrix', () => {
    fc.assert(
      fc.property(anyMatrix, matrix => {
        expect(transpose(transpose(matrix))).toEqual(matrix)
      }),
      seeded,
    )
  })

  test('has columns for rows, in the same precision', () => {
    fc.assert(
      fc.property(anyMatrix, matrix => {
        const turned = transpose(matrix)
        expect([turned.rows, turned.cols]).toEqual([matrix.cols, matrix.rows])
        expect(turned.data).toBeInstanceOf(Float32Array)
        for (let i = 0; i < matrix.rows; i++) {
          for (let j = 0; j < matrix.cols; j++) {
            expect(turned.data[j * matrix.rows + i]).toBe(matrix.data[i * matrix.cols + j])
          }
        }
      }),
      seeded,
    )
  })
})

test('a row is a view, not a copy', () => {
  const matrix = { rows: 2, cols: 2, data: Float64Array.of(1, 2, 3, 4) }
  rowOf(matrix, 1)[0] = 30
  expect(matrix.data).toEqual(Float64Array.of(1, 2, 30, 4))
})

test('zeros, changes of precision and differences keep the shape', () => {
  expect(zeros(2, 3)).toEqual({ rows: 2, cols: 3, data: new Float64Array(6) })
  expect(zerosFloat32(2, 3)).toEqual({ rows: 2, cols: 3, data: new Float32Array(6) })
  const single = { rows: 1, cols: 2, data: Float32Array.of(0.1, 2) }
  expect(toFloat64(single)).toEqual({ rows: 1, cols: 2, data: Float64Array.of(Math.fround(0.1), 2) })
  expect(subtract(toFloat64(single), single)).toEqual(zeros(1, 2))
})

test('the shape check says what it expected and what it got', () => {
  expect(() => expectShape('alpha', [5, 3], [5, 3])).not.toThrow()
  const message = 'alpha: expected [50000, 10], got [50000, 9]'
  expect(() => expectShape('alpha', [50000, 9], [50000, 10])).toThrow(new UserError('shape', message))
  expect(() => expectShape('alpha', [5], [5, 1])).toThrow('alpha: expected [5, 1], got [5]')
})

test('products and norms are in double precision', () => {
  expect(dot(Float32Array.of(2 ** 20, 1), Float32Array.of(2 ** 20, 1))).toBe(2 ** 40 + 1)
  expect(dot([1, 2, 3], [4, 5, 6])).toBe(32)
  expect(dot([1, 2, 3], [4, 5, 6], 2)).toBe(14)
  expect(norm([3, 4])).toBe(5)
})

test('the largest of a row is the first of the largest', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1 }), row => {
      expect(argmax(row)).toBe(row.indexOf(Math.max(...row)))
      expect(argmax([9, ...row, 9], 1, row.length)).toBe(row.indexOf(Math.max(...row)))
    }),
    seeded,
  )
  const matrix = { rows: 3, cols: 2, data: Float64Array.of(0, 1, 1, 1, 5, -5) }
  expect(rowArgmax(matrix)).toEqual(Int32Array.of(1, 0, 0))
})

describe('a matrix in memory', () => {
  test('gives every row once and in order, whatever the size of blocks', async () => {
    await fc.assert(
      fc.asyncProperty(anyMatrix, fc.integer({ min: 1, max: 20 }), async (matrix, size) => {
        const rows = memoryRows(matrix)
        const seen: number[][] = []
        for await (const { start, matrix: block } of rows.blocks(size)) {
          expect(start).toBe(seen.length)
          expect(block.rows).toBeGreaterThan(0)
          expect(block.rows).toBeLessThanOrEqual(size)
          expect(block.data.length).toBe(block.rows * block.cols)
          for (let i = 0; i < block.rows; i++) seen.push([...rowOf(block, i)])
        }
        expect(seen).toEqual(Array.from({ length: matrix.rows }, (_, i) => [...rowOf(matrix, i)]))
        expect([rows.rows, rows.cols]).toEqual([matrix.rows, matrix.cols])
      }),
      seeded,
    )
  })

  test('gives from the middle what it gives there when it begins at the first row', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyMatrix,
        fc.integer({ min: 1, max: 5 }),
        fc.nat(5),
        async (matrix, size, skipped) => {
          const blocks = async (from: number) => {
            const found = []
            for await (const block of memoryRows(matrix).blocks(size, from)) found.push(block)
            return found
          }
          expect(await blocks(skipped * size)).toEqual((await blocks(0)).slice(skipped))
        },
      ),
      seeded,
    )
  })

  test('fetches the rows named, in that order, as one by one', async () => {
    const any = anyMatrix
      .filter(({ rows }) => rows > 0)
      .chain(matrix => fc.tuple(fc.constant(matrix), fc.array(fc.nat(matrix.rows - 1), { maxLength: 8 })))
    await fc.assert(
      fc.asyncProperty(any, async ([matrix, wanted]) => {
        const rows = memoryRows(matrix)
        const fetched = await rows.fetch(wanted)
        expect([fetched.rows, fetched.cols]).toEqual([wanted.length, matrix.cols])
        wanted.forEach((row, k) => {
          const out = new Float32Array(matrix.cols)
          rows.row(row, out)
          expect(out).toEqual(Float32Array.from(rowOf(matrix, row)))
          expect(rowOf(fetched, k)).toEqual(out)
        })
      }),
      seeded,
    )
  })

  test('of halves gives their bits in blocks, and numbers one by one', async () => {
    await fc.assert(
      fc.asyncProperty(anyMatrix, fc.integer({ min: 1, max: 5 }), async (matrix, size) => {
        const halves = { rows: matrix.rows, cols: matrix.cols, bits: narrowFloat16(matrix.data) }
        const [rows, wide] = [memoryRows(halves), memoryRows(widened(halves))]
        const expected = wide.blocks(size)[Symbol.asyncIterator]()
        for await (const { start, matrix: block } of rows.blocks(size)) {
          expect({ start, matrix: widened(block) }).toEqual((await expected.next()).value)
        }
        expect((await expected.next()).done).toBe(true)
        const last = Array.from({ length: Math.min(2, matrix.rows) }, (_, k) => matrix.rows - 1 - k)
        expect(await rows.fetch(last)).toEqual(await wide.fetch(last))
        const [out, same] = [new Float32Array(matrix.cols), new Float32Array(matrix.cols)]
        for (const i of last) {
          rows.row(i, out)
          wide.row(i, same)
          expect(out).toEqual(same)
        }
      }),
      seeded,
    )
  })
})
