import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { unpackZstd } from '../../src/formats/zstd.ts'
import { expectations, fixture } from './fixtures.ts'

const expected = expectations<{ length: number; sha256: string }>('zstd.jsonl')

async function packedFixture(name: string): Promise<Uint8Array> {
  const { byteLength, slice } = fixture(`zstd/${name}`)
  return slice(0, byteLength)
}

describe('what the reference implementation packed', () => {
  test.each([...expected])('%s', async (name, { length, sha256 }) => {
    const content = unpackZstd(await packedFixture(name), length)
    expect(createHash('sha256').update(content).digest('hex')).toBe(sha256)
  })

  test.each([1, -1])('is refused where the length that is stated is wrong by %d', async by => {
    for (const [name, { length }] of expected) {
      if (length + by < 0) continue
      const packed = await packedFixture(name)
      expect(() => unpackZstd(packed, length + by), name).toThrow(/^zstd: /)
    }
  })

  test('is refused where it is cut', async () => {
    for (const name of ['words-6.zst', 'skewed-22.zst']) {
      const packed = await packedFixture(name)
      const { length } = expected.get(name) ?? { length: 0 }
      for (let end = 1; end < packed.length; end++) {
        expect(() => unpackZstd(packed.subarray(0, end), length)).toThrow(RangeError)
      }
    }
  })
})

describe('nothing is done for output that has no place', () => {
  /** A frame of one compressed block, without a size of its own. */
  const frame = (block: readonly number[]) => {
    const head = (block.length << 3) | (2 << 1) | 1
    return Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0x58, head & 255, (head >> 8) & 255, head >> 16, ...block)
  }

  test.each([
    ['repetitions without end', [0, 255, 255, 255, 0x54, 0, 0, 52, 1], 'sequences past their bits'],
    [
      'repetitions of 64 KiB each',
      [0, 255, 255, 255, 0x54, 0, 0, 52, ...new Array(3000).fill(255)],
      'a repetition of what is not there',
    ],
    ['one byte a million times', [0xfd, 0xff, 0xff, 7, 0], 'bytes, expected at most'],
    ['a code that is no code', [0, 1, 0xa8, 0xff, 0xff, 0xff, 0xff, 1], 'a code of 2^20 states'],
    ['a code of before, at the beginning', [0, 1, 0xfc, 1], 'no code before the first'],
    ['literals by a code of before', [0x03, 0, 0, 0, 0], 'no code before the first'],
  ])('%s', (_, block, message) => {
    expect(() => unpackZstd(frame(block), 2 ** 17)).toThrow(message)
  })

  test('dictionaries and what is no frame are refused', () => {
    expect(() => unpackZstd(Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 1, 0, 0, 0), 1)).toThrow('a dictionary')
    expect(() => unpackZstd(new Uint8Array(20), 1)).toThrow('zstd: no frame')
  })
})
