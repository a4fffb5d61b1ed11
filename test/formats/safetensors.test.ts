import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Bytes, bytesOf } from '../../src/formats/bytes.ts'
import type { NdArray } from '../../src/formats/ndarray.ts'
import { encodeSafetensors, readSafetensors } from '../../src/formats/safetensors.ts'
import { anyArray } from './arbitraries.ts'
import { type Described, described, expectations, fixture, fixtureNames, normalised } from './fixtures.ts'

const refused: Record<string, string> = {
  'refused-array.safetensors': 'a damaged header, expected an object, save it again',
  'refused-backwards.safetensors': 'tensor a has -8 bytes, expected 8, save it again',
  'refused-dtype.safetensors':
    'tensor a has dtype F8_E4M3, expected one of BOOL, I8, I16, I32, I64, U8, U16, U32, U64, F16, BF16, F32, F64, save it as F32',
  'refused-header-past-end.safetensors': 'truncated, 72 bytes, expected a header of 1008',
  'refused-header-too-long.safetensors':
    'a header of 9223372036854776000 bytes, expected a .safetensors file with at most 100 MB',
  'refused-hole.safetensors': 'tensor b begins at byte 12 of the data, expected 8',
  'refused-longer.safetensors':
    'longer than its header says, 9 bytes of data, expected 8, save or copy it again',
  'refused-negative.safetensors':
    'tensor a is damaged, expected dtype, shape and data_offsets, save it again',
  'refused-no-shape.safetensors':
    'tensor a is damaged, expected dtype, shape and data_offsets, save it again',
  'refused-not-json.safetensors': 'a header that is not JSON, expected a .safetensors file, save it again',
  'refused-nothing.safetensors': 'truncated, 0 bytes, expected a header of at least 8',
  'refused-overlap.safetensors': 'tensor b begins at byte 4 of the data, expected 8',
  'refused-past-end.safetensors': 'tensor a begins at byte 8 of the data, expected 0',
  'refused-truncated.safetensors': 'truncated, 7 bytes of data, expected 8, save or copy it again',
  'refused-wrong-length.safetensors': 'tensor a has 8 bytes, expected 12, save it again',
}

test('each fixture is read or refused', () => {
  expect(fixtureNames('safetensors')).toEqual(['all.safetensors', ...Object.keys(refused)].sort())
})

describe('what the format description says', () => {
  const tensors = readSafetensors(fixture('safetensors/all.safetensors'))
  const expected = expectations<Described>('safetensors.jsonl')

  test('all tensors come, no metadata', async () => {
    expect([...(await tensors).keys()].sort()).toEqual([...expected.keys()].sort())
  })

  test.each([...expected])('%s', async (name, array) => {
    expect(described((await tensors).get(name) as NdArray)).toEqual(normalised(array))
  })
})

describe('what is damaged', () => {
  test.each(Object.entries(refused))('%s', async (name, sentence) => {
    await expect(readSafetensors(fixture(`safetensors/${name}`))).rejects.toMatchObject({
      name: 'UserError',
      code: 'format',
      message: `${name}: ${sentence}`,
    })
  })
})

describe('what we write', () => {
  const anyTensors = fc.dictionary(fc.string(), anyArray, { maxKeys: 5 })
  const anyMetadata = fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 })

  test('is read as it was', async () => {
    await fc.assert(
      fc.asyncProperty(anyTensors, anyMetadata, async (tensors, metadata) => {
        const read = await readSafetensors(bytesOf(encodeSafetensors(tensors, metadata), 'x'))
        expect(read).toEqual(new Map(Object.entries(tensors)))
      }),
    )
  })

  test('does not depend on the order', () => {
    fc.assert(
      fc.property(anyTensors, anyMetadata, (tensors, metadata) => {
        const reversed = <T>(record: Record<string, T>) =>
          Object.fromEntries(Object.entries(record).reverse())
        expect(encodeSafetensors(reversed(tensors), reversed(metadata))).toEqual(
          encodeSafetensors(tensors, metadata),
        )
      }),
    )
  })

  const small = {
    a: { dtype: 'uint8', shape: [3], data: new Uint8Array([1, 2, 3]) },
    b: { dtype: 'float32', shape: [1, 2], data: new Float32Array([1, 2]) },
  } as const

  test('has its data at a multiple of eight, the larger elements first', async () => {
    const file = encodeSafetensors(small, { format: 'pt' })
    const length = Number(new DataView(file.buffer).getBigUint64(0, true))
    expect(length % 8).toBe(0)
    expect(new TextDecoder().decode(file.subarray(8, 8 + length))).toBe(
      '{"__metadata__":{"format":"pt"},"b":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},' +
        '"a":{"dtype":"U8","shape":[3],"data_offsets":[8,11]}}    ',
    )
    expect(file.length).toBe(8 + length + 11)
  })

  test('has no tensor in the place of the metadata', () => {
    expect(() => encodeSafetensors({ __metadata__: small.a })).toThrow('tensor __metadata__: a reserved name')
  })
})

test('a header that is too long is refused before it is read', async () => {
  const file = new Uint8Array(8)
  new DataView(file.buffer).setBigUint64(0, 200_000_000n, true)
  const reads: number[] = []
  const bytes: Bytes = {
    name: 'x.safetensors',
    byteLength: 10 ** 9,
    slice: async (start, end) => {
      reads.push(end)
      return file.subarray(start, end)
    },
  }
  await expect(readSafetensors(bytes)).rejects.toThrow(
    'x.safetensors: a header of 200000000 bytes, expected a .safetensors file with at most 100 MB',
  )
  expect(reads).toEqual([8])
})
