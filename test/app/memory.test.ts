import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseMemory } from '../../src/app/explainer/memory.ts'

test.each([
  ['2GiB', 2 ** 31],
  ['2gib', 2 ** 31],
  ['2g', 2 ** 31],
  [' 800 MB ', 8e8],
  ['1.5KiB', 1536],
  ['1tb', 1e12],
  ['4096', 4096],
  ['4096B', 4096],
  [4096, 4096],
  [1.5, 1],
])('%j is %i bytes', (memory, bytes) => {
  expect(parseMemory(memory)).toBe(bytes)
})

test.each([
  '',
  '2 GiB of it',
  'GiB',
  '-1GiB',
  '0',
  '0.5B',
  '1e400',
  '9007199254740993TB',
  '2XiB',
  '2constructor',
])('%j is refused', memory => {
  expect(() => parseMemory(memory)).toThrow(
    `memory: ${memory}, expected a size such as 2GiB, 800MB or a number of bytes`,
  )
})

test.each([Number.NaN, Number.POSITIVE_INFINITY, 0, -1])('the number %d is refused', memory => {
  expect(() => parseMemory(memory)).toThrow('expected a size')
})

test('a whole number of bytes reads as itself, whether number or text', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 52 }), bytes => {
      expect([parseMemory(bytes), parseMemory(String(bytes))]).toEqual([bytes, bytes])
    }),
  )
})
