import { gzipSync } from 'fflate'
import { expect, test } from 'vitest'
import { compressors } from '../../src/formats/parquet-codecs.ts'

test('a codec without a bound is missing', () => {
  expect(Object.keys(compressors).sort()).toEqual(['GZIP', 'LZ4', 'LZ4_RAW', 'SNAPPY', 'ZSTD'])
})

test('gzip unpacks to the length that is stated, or is refused', () => {
  const content = Uint8Array.from({ length: 100_000 }, (_, i) => i * i)
  const packed = gzipSync(content)
  expect(compressors.GZIP?.(packed, content.length)).toEqual(content)
  expect(compressors.GZIP?.(gzipSync(new Uint8Array(0)), 0)).toEqual(new Uint8Array(0))
  expect(() => compressors.GZIP?.(packed, 99_999)).toThrow('gzip: more than 99999 bytes')
  expect(() => compressors.GZIP?.(packed, 100_001)).toThrow('gzip: 100000 bytes, expected 100001')
  expect(() => compressors.GZIP?.(packed.subarray(0, packed.length >> 1), 100_000)).toThrow()
  const bomb = gzipSync(new Uint8Array(2 ** 24))
  expect(() => compressors.GZIP?.(bomb, 10)).toThrow('gzip: more than 10 bytes')
})
