import { describe, expect, test } from 'vitest'
import { gunzip } from '../../src/formats/gzip.ts'
import { isIdx, readIdx } from '../../src/formats/idx.ts'
import { type Described, described, expectations, fixture, fixtureNames, normalised } from './fixtures.ts'

const readable = expectations<Described>('idx.jsonl')

const refused: Record<string, string> = {
  'refused-checksum.gz': 'truncated or damaged compressed data, copy or save it again',
  'refused-cut.gz': 'damaged compressed data, copy or save it again',
  'refused-garbage.gz': 'damaged compressed data, copy or save it again',
  'refused-longer': '61 bytes of data, expected 60 for uint8 of shape (3, 4, 5), copy it again',
  'refused-no-dimensions': 'not an IDX file, expected one such as train-images-idx3-ubyte',
  'refused-nothing': 'not an IDX file, expected one such as train-images-idx3-ubyte',
  'refused-truncated': '59 bytes of data, expected 60 for uint8 of shape (3, 4, 5), copy it again',
  'refused-truncated-header': 'truncated, 9 bytes, expected a header of 16',
  'refused-truncated.gz': 'truncated or damaged compressed data, copy or save it again',
  'refused-type': 'not an IDX file, expected one such as train-images-idx3-ubyte',
}

test('each fixture is read or refused', () => {
  expect(fixtureNames('idx')).toEqual([...readable.keys(), ...Object.keys(refused)].sort())
})

describe('every type, compressed or not', () => {
  test.each([...readable])('%s', async (name, expected) => {
    expect(described(await readIdx(await gunzip(fixture(`idx/${name}`))))).toEqual(normalised(expected))
  })
})

describe('what is damaged', () => {
  test.each(Object.entries(refused))('%s', async (name, sentence) => {
    const read = async () => readIdx(await gunzip(fixture(`idx/${name}`)))
    await expect(read()).rejects.toMatchObject({
      name: 'UserError',
      code: 'format',
      message: `${name}: ${sentence}`,
    })
  })
})

test('an IDX file is known by its first four bytes', () => {
  expect(isIdx(new Uint8Array([0, 0, 8, 3]))).toBe(true)
  expect(isIdx(new Uint8Array([0, 0, 8]))).toBe(false)
  expect(isIdx(new Uint8Array([0, 0, 8, 0]))).toBe(false)
  expect(isIdx(new Uint8Array([0, 0, 10, 3]))).toBe(false)
  expect(isIdx(new Uint8Array([0x93, 0x4e, 0x55, 0x4d]))).toBe(false)
})
