import { describe, expect, test } from 'vitest'
import { compressors } from '../../src/formats/parquet-codecs.ts'

/** An LZ4 block of five literals; the format's page describes it. */
const block = [0x50, 1, 2, 3, 4, 5]
const five = Uint8Array.of(1, 2, 3, 4, 5)
const frame = [0, 0, 0, 5, 0, 0, 0, block.length, ...block]

describe('LZ4', () => {
  test.each([
    ['a block', block, five],
    ["Hadoop's frame around it", frame, five],
    ['two frames', [...frame, ...frame], Uint8Array.of(...five, ...five)],
    ['nothing', [0], new Uint8Array(0)],
  ])('%s', (_, packed, expected) => {
    expect(compressors.LZ4?.(Uint8Array.from(packed), expected.length)).toEqual(expected)
  })

  test('a frame of a negative length ends', () => {
    const back = Uint8Array.of(0, 0, 0, 0, 0xff, 0xff, 0xff, 0xf8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    expect(() => compressors.LZ4?.(back, 4)).toThrow('lz4 offset out of range 0')
  })

  test('what unpacks to more than is stated is cut off there', () => {
    const run = Uint8Array.of(0x1f, 7, 1, 0, ...new Array(1000).fill(0xff), 0)
    expect(compressors.LZ4_RAW?.(run, 3)).toEqual(Uint8Array.of(7, 7, 7))
  })
})

test('a ZSTD frame that states another size than its page is refused', () => {
  // One raw block of five bytes, in a single segment.
  const packed = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x20, 5, 0x29, 0, 0, ...five)
  expect(compressors.ZSTD?.(packed, 5)).toEqual(five)
  expect(() => compressors.ZSTD?.(packed, 4)).toThrow(RangeError)
})

test('there is no codec without a bound', () => {
  expect(Object.keys(compressors).sort()).toEqual(['GZIP', 'LZ4', 'LZ4_RAW', 'SNAPPY', 'ZSTD'])
})
