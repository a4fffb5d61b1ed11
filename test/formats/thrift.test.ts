import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readThrift } from '../../src/formats/thrift.ts'
import { type Fields, struct } from './thrift.ts'

function read(...bytes: number[]): unknown {
  return readThrift(new Uint8Array(bytes)).value
}

test('what is written is read, and ends where it ends', () => {
  const { fields } = fc.letrec<{ fields: Fields }>(tie => ({
    fields: fc.dictionary(
      fc.integer({ min: 1, max: 15 }).map(String),
      fc.oneof(
        { maxDepth: 4 },
        fc.maxSafeInteger().map(n => n >> 1),
        fc.boolean(),
        tie('fields'),
      ),
      { maxKeys: 4, noNullPrototype: true },
    ),
  }))
  fc.assert(
    fc.property(fields, value => {
      const bytes = struct(value)
      expect(readThrift(new Uint8Array([9, 9, ...bytes, 9]), 2)).toEqual({ value, end: 2 + bytes.length })
    }),
  )
})

test('lists come as arrays, text and bytes are passed over', () => {
  expect(read(0x19, 0x35, 2, 4, 1, 0)).toEqual({ 1: [1, 2, -1] })
  expect(read(0x19, 0x21, 1, 2, 0)).toEqual({ 1: [1, 2] })
  expect(read(0x18, 3, 0x61, 0x62, 0x63, 0x15, 2, 0)).toEqual({ 1: undefined, 2: 1 })
  expect(read(0x17, 0, 0, 0, 0, 0, 0, 0, 0, 0)).toEqual({ 1: undefined })
  expect(read(0x05, 40, 2, 0x13, 0xff, 0)).toEqual({ 20: 1, 21: -1 })
})

test.each([
  [
    'a list longer than its bytes',
    [0x19, 0xf5, 0xff, 0xff, 0xff, 0x7f, 0],
    'a list of 268435455 reaches past the end',
  ],
  ['text longer than its bytes', [0x18, 0xff, 0x7f, 0], '16383 bytes reach past the end'],
  ['a number without end', [0x15, ...new Array(1000).fill(0xff)], 'a number of more than 10 bytes'],
  ['structs in structs', new Array(1000).fill(0x1c), 'too deeply nested'],
  ['a type that Parquet does not use', [0x1b, 0], 'type 11'],
  ['no end', [0x15, 2], 'Offset is outside the bounds of the DataView'],
])('%s is refused', (_, bytes, message) => {
  expect(() => read(...bytes)).toThrow(message)
})
