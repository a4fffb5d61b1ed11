import { describe, expect, test } from 'vitest'
import { unpackFramedLz4, unpackLz4 } from '../../src/formats/lz4.ts'
import { expectations } from './fixtures.ts'

const bytes = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'))

test.each([...expectations<{ packed: string; content: string }>('lz4.jsonl')])(
  'what the reference implementation packed: %s',
  (_, { packed, content }) => {
    const block = bytes(packed)
    const expected = bytes(content)
    expect(unpackLz4(block, expected.length)).toEqual(expected)
    expect(unpackFramedLz4(block, expected.length)).toEqual(expected)
    expect(() => unpackLz4(block, expected.length + 1)).toThrow(RangeError)
    for (let end = 0; end < block.length; end++) {
      expect(() => unpackLz4(block.subarray(0, end), expected.length)).toThrow(RangeError)
    }
  },
)

/** A block of five literals. */
const block = [0x50, 1, 2, 3, 4, 5]
const frame = [0, 0, 0, 5, 0, 0, 0, block.length, ...block]

test("Hadoop's frames around blocks are unpacked one after another", () => {
  expect(unpackFramedLz4(Uint8Array.from([...frame, ...frame]), 10)).toEqual(
    Uint8Array.of(1, 2, 3, 4, 5, 1, 2, 3, 4, 5),
  )
})

describe('nothing is done for output that has no place', () => {
  test.each([
    ['a run of 255 KB', [0x1f, 7, 1, 0, ...new Array(1000).fill(0xff), 0, 0], 'a repetition of what is not'],
    ['more literals than stated', [0x60, 1, 2, 3, 4, 5, 6], 'literals that have no place'],
    ['a distance of nothing', [0x10, 1, 0, 0, 0], 'a repetition of what is not there'],
    ['a distance past the beginning', [0x10, 1, 2, 0, 0], 'a repetition of what is not there'],
    ['a length that goes on', [0xf0, 255, 255], 'a length that does not end'],
    ['a match at the end', [0x10, 1, 1, 0], 'a block without its last literals'],
  ])('%s', (_, packed, message) => {
    expect(() => unpackLz4(Uint8Array.from(packed), 5)).toThrow(message)
  })

  test('a frame of a negative length is none', () => {
    const back = Uint8Array.of(0, 0, 0, 0, 0xff, 0xff, 0xff, 0xf8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    expect(() => unpackFramedLz4(back, 4)).toThrow(RangeError)
  })
})
