import { type Zippable, zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { type Bytes, bytesOf } from '../../src/formats/bytes.ts'
import type { NdArray } from '../../src/formats/ndarray.ts'
import { encodeNpy } from '../../src/formats/npy.ts'
import { readNpz } from '../../src/formats/npz.ts'
import { type Described, described, expectations, fixture, fixtureNames, normalised } from './fixtures.ts'

const expected = expectations<Described>('npz.jsonl')

describe.each(fixtureNames('npz'))('%s', file => {
  const arrays = readNpz(fixture(`npz/${file}`))

  test('holds these arrays and no others', async () => {
    expect([...(await arrays).keys()]).toEqual([...expected.keys()])
  })

  test.each([...expected])('%s', async (name, array) => {
    expect(described((await arrays).get(name) as NdArray)).toEqual(normalised(array))
  })
})

test('only the arrays that are asked for are read', async () => {
  const whole = fixture('npz/stored.npz')
  let read = 0
  const counting: Bytes = {
    ...whole,
    slice: (start, end) => {
      read += end - start
      return whole.slice(start, end)
    },
  }
  await readNpz(counting, { names: [] })
  const directory = read
  read = 0
  expect([...(await readNpz(counting, { names: ['labels', 'missing'] })).keys()]).toEqual(['labels'])
  // Its local header of 30, the 12 and 10 bytes of its own header read again, the header and the data.
  expect(read - directory).toBe(30 + 12 + 118 + 5 * 8)
})

const zeros = encodeNpy({ dtype: 'uint8', shape: [4000], data: new Uint8Array(4000) })

function npz(members: Zippable, change: (file: Uint8Array, directory: number) => void = () => {}): Bytes {
  const file = zipSync(members)
  change(file, new DataView(file.buffer).getUint32(file.length - 6, true))
  return bytesOf(file, 'x.npz')
}

describe('what is refused', () => {
  const view = (file: Uint8Array) => new DataView(file.buffer, file.byteOffset, file.byteLength)
  const cases: Record<string, [Bytes, string]> = {
    'no zip archive': [
      bytesOf(zeros, 'x.npz'),
      'x.npz: not a zip archive or a truncated one, copy or save it again',
    ],
    'no arrays': [
      npz({ 'notes.txt': new Uint8Array(3) }),
      'x.npz: no arrays, expected a zip archive of .npy files',
    ],
    'a zip bomb': [
      npz({ 'x.npy': zeros }, (file, directory) => view(file).setUint32(directory + 24, 2 ** 31, true)),
      'x.npz: 2147483648 bytes packed into 206, expected at most 67108864, save it uncompressed if you trust it',
    ],
    'more than it declares': [
      npz({ 'x.npy': zeros }, (file, directory) => view(file).setUint32(directory + 24, 4000, true)),
      'x.npz/x.npy: unpacks to more than the 4000 bytes it declares, save it again',
    ],
    'less than it declares': [
      npz({ 'x.npy': zeros }, (file, directory) => view(file).setUint32(directory + 24, 5000, true)),
      'x.npz/x.npy: truncated or damaged compressed data, copy or save it again',
    ],
    'a wrong checksum': [
      npz({ 'x.npy': zeros }, (file, directory) => view(file).setUint32(directory + 16, 1, true)),
      'x.npz/x.npy: truncated or damaged compressed data, copy or save it again',
    ],
    'an encrypted member': [
      npz({ 'x.npy': zeros }, (file, directory) => view(file).setUint16(directory + 8, 1, true)),
      'x.npz/x.npy: encrypted, expected a plain member, save it again',
    ],
    'another compression': [
      npz({ 'x.npy': zeros }, (file, directory) => view(file).setUint16(directory + 10, 93, true)),
      'x.npz/x.npy: compression method 93, expected 0 (stored) or 8 (deflated)',
    ],
    'a stored member of two sizes': [
      npz({ 'x.npy': [zeros, { level: 0 }] }, (file, directory) =>
        view(file).setUint32(directory + 24, 9, true),
      ),
      'x.npz/x.npy: damaged sizes, copy or save it again',
    ],
    'a member past the end': [
      npz({ 'x.npy': [zeros, { level: 0 }] }, (file, directory) =>
        view(file).setUint32(directory + 20, 9999, true),
      ),
      'x.npz: x.npy reaches past the end, copy or save it again',
    ],
    'an offset that leads nowhere': [
      npz({ 'x.npy': zeros }, (file, directory) => view(file).setUint32(directory + 42, 5, true)),
      'x.npz: a damaged zip archive, copy or save it again',
    ],
    'a name that comes twice': [
      npz({ 'x.npy': zeros, 'z.npy': zeros }, (file, directory) => {
        // By its name: the time of day may have the same byte.
        file[Buffer.from(file).indexOf('z.npy', directory)] = 0x78
      }),
      'x.npz: x.npy twice, expected one, save it again',
    ],
    'a name longer than the directory': [
      npz({ 'x.npy': zeros }, (file, directory) => view(file).setUint16(directory + 28, 9999, true)),
      'x.npz: a damaged zip directory, copy or save it again',
    ],
    'a 64-bit size without the field that holds it': [
      npz({ 'x.npy': zeros }, (file, directory) => view(file).setUint32(directory + 24, 2 ** 32 - 1, true)),
      'x.npz: a damaged zip directory, copy or save it again',
    ],
    'a 64-bit field that is too long': [
      npz({ 'x.npy': [zeros, { extra: { 1: new Uint8Array(8) } }] }, (file, directory) => {
        view(file).setUint32(directory + 24, 2 ** 32 - 1, true)
        view(file).setUint16(directory + 46 + 5 + 2, 99, true)
      }),
      'x.npz: a damaged zip directory, copy or save it again',
    ],
    'a directory longer than the file': [
      npz({ 'x.npy': zeros }, file => view(file).setUint32(file.length - 10, 9999, true)),
      'x.npz: a damaged zip directory, copy or save it again',
    ],
    'a member that is no array': [
      npz({ 'x.npy': new Uint8Array(20) }),
      'x.npz/x.npy: not an .npy file, expected one that numpy.save wrote',
    ],
  }

  test.each(Object.entries(cases))('%s', async (_, [bytes, message]) => {
    await expect(readNpz(bytes)).rejects.toMatchObject({ name: 'UserError', code: 'format', message })
  })

  test('more than the limit', async () => {
    const options = { limit: 8000 }
    expect((await readNpz(npz({ 'x.npy': zeros }), options)).get('x')?.shape).toEqual([4000])
    await expect(readNpz(npz({ 'x.npy': zeros, 'y.npy': zeros }), options)).rejects.toThrow(
      'x.npz: 8256 bytes packed into 390, expected at most 8000, save it uncompressed if you trust it',
    )
  })
})

test('an archive may end with a comment', async () => {
  const file = zipSync({ 'x.npy': zeros })
  const commented = new Uint8Array(file.length + 5)
  commented.set(file)
  commented.set([5], file.length - 2)
  expect([...(await readNpz(bytesOf(commented, 'x.npz'))).keys()]).toEqual(['x'])
})
