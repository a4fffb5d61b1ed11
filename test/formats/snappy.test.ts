import { describe, expect, test } from 'vitest'
import { unpackSnappy } from '../../src/formats/snappy.ts'
import { expectations } from './fixtures.ts'

const bytes = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'))

test.each([...expectations<{ packed: string; content: string }>('snappy.jsonl')])(
  'what the reference implementation packed: %s',
  (_, { packed, content }) => {
    const block = bytes(packed)
    const expected = bytes(content)
    expect(unpackSnappy(block, expected.length)).toEqual(expected)
    expect(() => unpackSnappy(block, expected.length + 1)).toThrow(RangeError)
    for (let end = expected.length === 0 ? 1 : 0; end < block.length; end++) {
      expect(() => unpackSnappy(block.subarray(0, end), expected.length)).toThrow(RangeError)
    }
  },
)

describe('nothing is done for output that has no place', () => {
  test.each([
    ['literals of 4 GiB', [4, 0xfc, 0xfa, 0xff, 0xff, 0xff, 0, 0, 0], 'literals that have no place'],
    ['more literals than stated', [4, 4 << 2, 1, 2, 3, 4, 5], 'literals that have no place'],
    ['a repetition past the end', [4, 0, 1, 1 | (7 << 2), 1], 'a repetition of what is not there'],
    ['a repetition of nothing', [4, 0, 1, 1, 0], 'a repetition of what is not there'],
    ['a repetition past the beginning', [4, 0, 1, 1, 2], 'a repetition of what is not there'],
    ['a length that goes on', [255, 255], 'truncated'],
  ])('%s', (_, packed, message) => {
    expect(() => unpackSnappy(Uint8Array.from(packed), 4)).toThrow(message)
  })
})
