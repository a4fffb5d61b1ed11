import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Bytes, bytesOf } from '../../src/formats/bytes.ts'
import type { DType } from '../../src/formats/ndarray.ts'
import { encodeNpy, encodeNpyHeader, readNpy, readNpyHeader } from '../../src/formats/npy.ts'
import { anyArray, anyShape } from './arbitraries.ts'
import { type Described, described, expectations, fixture, fixtureNames, normalised } from './fixtures.ts'

const readable = expectations<Described>('npy.jsonl')

const refused: Record<string, string> = {
  'refused-code.npy': 'a damaged header (expected a value at character 0), save it again',
  'refused-complex.npy': 'complex numbers (<c8), expected real ones, save it again with a numeric dtype',
  'refused-datetime.npy':
    'dtype <M8[s], expected one of bool, int8, int16, int32, int64, uint8, uint16, uint32, uint64, float16, float32, float64, save it again with a numeric dtype',
  'refused-huge.npy': 'a damaged header (expected , at character 55), save it again',
  'refused-longer.npy':
    'longer than its header says, 25 bytes of data, expected 24 for float32 of shape (2, 3), save or copy it again',
  'refused-negative.npy': 'shape (2, -3), expected lengths from 0 up that a file can hold, save it again',
  'refused-nested.npy': 'a damaged header (too deeply nested), save it again',
  'refused-no-order.npy':
    'dtype |f4, expected one of bool, int8, int16, int32, int64, uint8, uint16, uint32, uint64, float16, float32, float64, save it again with a numeric dtype',
  'refused-no-shape.npy': 'a damaged header, expected descr, fortran_order and shape, save it again',
  'refused-nothing.npy': 'not an .npy file, expected one that numpy.save wrote',
  'refused-number-as-shape.npy': 'a damaged header, expected descr, fortran_order and shape, save it again',
  'refused-object.npy':
    'an object array (pickled Python objects), expected numbers, save it again with a numeric dtype',
  'refused-overflow.npy':
    'shape (4294967296, 4294967296), expected lengths from 0 up that a file can hold, save it again',
  'refused-structured-version-3.npy':
    'a structured array, expected numbers, save each field as an array of its own',
  'refused-structured.npy': 'a structured array, expected numbers, save each field as an array of its own',
  'refused-text.npy': 'an array of text (<U3), expected numbers, save it again with a numeric dtype',
  'refused-truncated-header.npy': 'truncated, 40 bytes, expected a header of 128',
  'refused-truncated-magic.npy': 'truncated, 9 bytes, expected a header',
  'refused-truncated.npy':
    'truncated, 19 bytes of data, expected 24 for float32 of shape (2, 3), save or copy it again',
  'refused-twice.npy': 'a damaged header (descr twice), save it again',
  'refused-version-9.npy': '.npy version 9, expected 1, 2 or 3',
  'refused-void-2.npy':
    'raw elements of 2 bytes (|V2, probably bfloat16), expected numbers, save it again as float32',
  'refused-words.npy': 'not an .npy file, expected one that numpy.save wrote',
}

test('each fixture is read or refused', () => {
  expect(fixtureNames('npy')).toEqual([...readable.keys(), ...Object.keys(refused)].sort())
})

describe('what NumPy wrote', () => {
  test.each([...readable])('%s', async (name, expected) => {
    expect(described(await readNpy(fixture(`npy/${name}`)))).toEqual(normalised(expected))
  })
})

describe('what holds no numbers, or not those it says', () => {
  test.each(Object.entries(refused))('%s', async (name, sentence) => {
    await expect(readNpy(fixture(`npy/${name}`))).rejects.toMatchObject({
      name: 'UserError',
      code: 'format',
      message: `${name}: ${sentence}`,
    })
  })
})

test('any byte but 0 is true, as in NumPy', async () => {
  const file = encodeNpy({ dtype: 'bool', shape: [3], data: new Uint8Array([0, 1, 7]) })
  expect(await readNpy(bytesOf(file, 'x.npy'))).toMatchObject({ data: new Uint8Array([0, 1, 1]) })
})

test('a header of more than a megabyte is refused before it is parsed', async () => {
  const file = new Uint8Array(12 + 2_000_000)
  file.set(encodeNpyHeader('uint8', [0]).subarray(0, 6))
  file[6] = 2
  new DataView(file.buffer).setUint32(8, 2_000_000, true)
  await expect(readNpy(bytesOf(file, 'x.npy'))).rejects.toThrow(
    'x.npy: a header of 2000000 bytes, expected at most 1048576',
  )
})

describe('what we write', () => {
  const plain = [...readable.keys()].filter(name =>
    /(little|byte)-c|cube-c|scalar|empty\.|vector|special/.test(name),
  )

  test.each(plain)('is what NumPy wrote: %s', async name => {
    const bytes = fixture(`npy/${name}`)
    expect(encodeNpy(await readNpy(bytes))).toEqual(await bytes.slice(0, bytes.byteLength))
  })

  const headers = expectations<{ dtype: DType; shape: number[]; header: string }>('npy-headers.jsonl')

  test('has the header that NumPy writes', () => {
    for (const { dtype, shape, header } of headers.values())
      expect(new TextDecoder('latin1').decode(encodeNpyHeader(dtype, shape))).toBe(header)
  })

  test('is read as it was', async () => {
    await fc.assert(
      fc.asyncProperty(anyArray, async array => {
        expect(await readNpy(bytesOf(encodeNpy(array), 'x.npy'))).toEqual(array)
      }),
    )
  })

  test('takes no data of another type or length', () => {
    const data = new Float32Array(6)
    expect(() => encodeNpy({ dtype: 'int32', shape: [6], data })).toThrow(
      'array: a Float32Array, expected one that holds int32',
    )
    expect(() => encodeNpy({ dtype: 'float32', shape: [2, 4], data })).toThrow(
      'array: 6 elements, expected shape [2, 4]',
    )
  })
})

test('in Fortran order the first index runs fastest', async () => {
  await fc.assert(
    fc.asyncProperty(anyShape, async shape => {
      const count = shape.reduce((product, length) => product * length, 1)
      const inFile = new Int32Array(count)
      // Element i of the array in C order has index (i₀, i₁, …) and lies at Σₖ iₖ Πⱼ₍ⱼ﹤ₖ₎ nⱼ in the file.
      for (let i = 0; i < count; i++) {
        let rest = i
        const index = shape.map((_, axis) => {
          const inner = shape.slice(axis + 1).reduce((product, length) => product * length, 1)
          const at = Math.floor(rest / inner)
          rest %= inner
          return at
        })
        let position = 0
        let stride = 1
        for (let axis = 0; axis < shape.length; axis++) {
          position += index[axis] * stride
          stride *= shape[axis]
        }
        inFile[position] = i
      }
      const file = encodeNpy({ dtype: 'int32', shape, data: inFile })
      const text = new TextDecoder('latin1').decode(file)
      file.set(new TextEncoder().encode('True '), text.indexOf('False'))
      const { data } = await readNpy(bytesOf(file, 'x.npy'))
      expect([...data]).toEqual(Array.from({ length: count }, (_, i) => i))
    }),
  )
})

describe('reading in parts', () => {
  function counting(header: Uint8Array, byteLength: number): { bytes: Bytes; reads: [number, number][] } {
    const reads: [number, number][] = []
    const slice = async (start: number, end: number) => {
      reads.push([start, end])
      const part = new Uint8Array(end - start)
      part.set(header.subarray(start, end))
      return part
    }
    return { bytes: { name: 'large.npy', byteLength, slice }, reads }
  }

  test('the header takes no more than the header', async () => {
    const header = encodeNpyHeader('float32', [1_000_000, 768])
    const { bytes, reads } = counting(header, header.length + 4 * 768_000_000)
    expect(await readNpyHeader(bytes)).toEqual({
      dtype: 'float32',
      shape: [1_000_000, 768],
      fortranOrder: false,
      littleEndian: true,
      dataOffset: 128,
    })
    expect(reads).toEqual([
      [0, 12],
      [10, 128],
    ])
  })

  test('the data are read once, in slices of 32 MiB', async () => {
    const header = encodeNpyHeader('uint8', [70_000_000])
    const { bytes, reads } = counting(header, header.length + 70_000_000)
    expect((await readNpy(bytes)).data.length).toBe(70_000_000)
    expect(reads.slice(2)).toEqual([
      [128, 33_554_560],
      [33_554_560, 67_108_992],
      [67_108_992, 70_000_128],
    ])
  })

  test('more than fits into memory is a sentence, not a RangeError', async () => {
    const header = encodeNpyHeader('float64', [2 ** 45])
    await expect(readNpy(counting(header, header.length + 2 ** 48).bytes)).rejects.toMatchObject({
      code: 'io',
      message:
        'large.npy: 281474976710656 bytes of numbers, more than fits into memory here, split it into smaller files',
    })
  })
})
