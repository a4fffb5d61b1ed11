import type { ColumnMetaData } from 'hyparquet'
import { describe, expect, test } from 'vitest'
import { type ColumnChunk, checkPages } from '../../src/formats/parquet-pages.ts'
import { type Fields, struct, varint } from './thrift.ts'

const bomb = varint(2 * 2 ** 28)

/** A page: its header, then its bytes. */
function page(header: Fields, body: readonly number[], unpacked = body.length): number[] {
  return [...struct({ 2: unpacked, 3: body.length, ...header }), ...body]
}

/** A data page as Parquet 1 has it; levels and values lie in one body. */
function dataPage(count: number, encoding: number, body: readonly number[]): number[] {
  return page({ 1: 0, 5: { 1: count, 2: encoding, 3: 3, 4: 3 } }, body)
}

/** A data page as Parquet 2 has it; the header says how long the levels are. */
function dataPageV2(count: number, encoding: number, levels: readonly number[], values: readonly number[]) {
  const header = { 1: count, 2: 0, 3: count, 4: encoding, 5: levels.length, 6: 0, 7: false }
  return page({ 1: 3, 8: header }, [...levels, ...values])
}

function dictionaryPage(count: number, body: readonly number[]): number[] {
  return page({ 1: 2, 7: { 1: count, 2: 0 } }, body)
}

function check(
  content: readonly number[],
  kind: 'REQUIRED' | 'OPTIONAL',
  values: number,
  type = 'INT32',
): number {
  const node = (name: string, repetition: typeof kind) => ({
    children: [],
    count: 1,
    element: { name, repetition_type: repetition },
    path: [],
  })
  const meta = { type, codec: 'UNCOMPRESSED', num_values: BigInt(values) } as unknown as ColumnMetaData
  const chunk: ColumnChunk = {
    fileName: 'x.parquet',
    fileLength: content.length,
    content: new Uint8Array(content),
    meta,
    path: [node('root', 'REQUIRED'), node('a', kind)],
  }
  return checkPages(chunk, 0)
}

const length = (bytes: readonly number[]) => [bytes.length, 0, 0, 0, ...bytes]

describe('honest pages pass', () => {
  test.each([
    ['plain values', dataPage(2, 0, [1, 0, 0, 0, 2, 0, 0, 0]), 'REQUIRED'],
    ['a run of levels, then values', dataPage(2, 0, [...length([4, 1]), 1, 0, 0, 0, 2, 0, 0, 0]), 'OPTIONAL'],
    [
      'a dictionary and a run',
      [...dictionaryPage(1, [7, 0, 0, 0]), ...dataPage(2, 8, [1, 4, 0])],
      'REQUIRED',
    ],
    ['bits packed in eights', dataPage(2, 8, [1, 3, 1]), 'REQUIRED'],
    ['levels before values', dataPageV2(2, 0, [4, 1], [1, 0, 0, 0, 2, 0, 0, 0]), 'OPTIONAL'],
    ['differences', dataPage(2, 5, [...varint(128), 4, 2, 6, 4, 0, 0, 0, 0]), 'REQUIRED'],
    ['gaps before one number', dataPage(2, 5, [...length([3, 1]), ...varint(128), 4, 1, 6]), 'OPTIONAL'],
    ['bytes split', dataPage(2, 9, [1, 2, 0, 0, 0, 0, 0, 0]), 'REQUIRED'],
    ['two pages', [...dataPage(1, 0, [1, 0, 0, 0]), ...dataPage(1, 0, [1, 0, 0, 0])], 'REQUIRED'],
  ] as const)('%s', (_, content, kind) => {
    expect(check(content, kind, 2)).toBeGreaterThan(0)
  })
})

describe('what would take more than it justifies is refused', () => {
  const run = 'a run of 268435456 values, expected at most 2'
  test.each([
    ['a run of levels', dataPage(2, 0, length([...bomb, 1])), 'OPTIONAL', run],
    ['a run of levels before the values', dataPageV2(2, 0, [...bomb, 1], []), 'OPTIONAL', run],
    ['a run of indices', dataPage(2, 8, [1, ...bomb, 0]), 'REQUIRED', run],
    ['a run of indices, Parquet 2', dataPageV2(2, 8, [], [1, ...bomb, 0]), 'REQUIRED', run],
    ['packed numbers of no bits', dataPage(2, 8, [0, ...varint(2 * 2 ** 25 + 1)]), 'REQUIRED', run],
    [
      'a run whose length does not end',
      dataPage(2, 8, [1, ...new Array(9).fill(0xff)]),
      'REQUIRED',
      'a run without a length',
    ],
    ['a dictionary', dictionaryPage(2 ** 25, [1]), 'REQUIRED', 'a dictionary of 33554432 values in 1 bytes'],
    ['more values than the column has', dataPage(3, 0, []), 'REQUIRED', '3 values, expected 2'],
    [
      'a page longer than the column',
      struct({ 1: 0, 2: 9, 3: 9 }),
      'REQUIRED',
      'a page of 9 bytes reaches past its column',
    ],
    ['a negative length', struct({ 1: 0, 2: 9, 3: -9 }), 'REQUIRED', 'a length of -9'],
    ['no length', struct({ 1: 0, 2: 9 }), 'REQUIRED', 'a page header without its lengths'],
    ['another encoding', dataPage(2, 7, []), 'REQUIRED', 'a page of another encoding'],
    [
      'differences in a block without end',
      dataPage(2, 5, [...bomb, 1, 2, 0]),
      'REQUIRED',
      'differences in blocks of 536870912 in 1 parts',
    ],
    ['differences in no parts', dataPage(2, 5, [...varint(128), 0, 2, 0]), 'REQUIRED', 'in 0 parts'],
    [
      'a difference that does not end',
      dataPage(2, 5, [...varint(128), 4, 2, 0, ...new Array(500).fill(0xff)]),
      'REQUIRED',
      'a number of more than 10 bytes',
    ],
    [
      'differences of too many bits',
      dataPage(2, 5, [...varint(128), 4, 2, 0, 0, 65, 0, 0, 0]),
      'REQUIRED',
      'differences of 65 bits',
    ],
    [
      'lengths that reach past the page',
      dataPage(2, 6, [...varint(128), 4, 2, 0, 0, 8, 0, 0, 0]),
      'REQUIRED',
      'differences that reach past their page',
    ],
    ['bytes split that are not there', dataPage(2, 9, [1, 2, 3]), 'REQUIRED', '2 values that reach past'],
    ['another kind of page', page({ 1: 1 }, []), 'REQUIRED', 'a page of an unknown type'],
    ['no header of its own', page({ 1: 0 }, []), 'REQUIRED', 'a page without its header'],
    [
      'a zip bomb',
      page({ 1: 0 }, [], 2 ** 30),
      'REQUIRED',
      'x.parquet: 1073741824 bytes packed into 11, expected at most 67108864',
    ],
  ] as const)('%s', (_, content, kind, message) => {
    expect(() => check(content, kind, 2)).toThrow(message)
  })

  test('a run of bits', () => {
    expect(() => check(dataPage(2, 3, length([...bomb, 1])), 'REQUIRED', 2, 'BOOLEAN')).toThrow(run)
    expect(() => check(dataPageV2(2, 3, [], length([...bomb, 1])), 'REQUIRED', 2, 'BOOLEAN')).toThrow(run)
  })
})
