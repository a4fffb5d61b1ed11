import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bytesOf } from '../../src/formats/bytes.ts'
import { gunzip, isGzip } from '../../src/formats/gzip.ts'

async function content(packed: Uint8Array): Promise<Uint8Array> {
  const bytes = await gunzip(bytesOf(packed, 'x.gz'))
  return bytes.slice(0, bytes.byteLength)
}

test('what zlib packed comes back, in one member or several', async () => {
  const members = fc.array(fc.uint8Array({ maxLength: 200 }), { minLength: 1, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(members, async parts => {
      expect(await content(Buffer.concat(parts.map(part => gzipSync(part))))).toEqual(
        new Uint8Array(Buffer.concat(parts)),
      )
    }),
  )
})

test('so does what spans many pieces', async () => {
  const large = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * i) >> 7)
  expect(Buffer.compare(await content(gzipSync(large)), large)).toBe(0)
})

test('what is not compressed is left as it is', async () => {
  const bytes = bytesOf(new Uint8Array([1, 2, 3]), 'x')
  expect(await gunzip(bytes)).toBe(bytes)
  expect(isGzip(new Uint8Array([0x1f, 0x8b]))).toBe(true)
  expect(isGzip(new Uint8Array([0x1f]))).toBe(false)
})

test('a limit holds while unpacking', async () => {
  const packed = bytesOf(new Uint8Array(gzipSync(new Uint8Array(50_000_000))), 'bomb.gz')
  await expect(gunzip(packed, { limit: 1_000_000 })).rejects.toMatchObject({
    code: 'format',
    message: expect.stringMatching(
      /^bomb\.gz: \d+ bytes packed into \d+, expected at most 1000000, save it uncompressed if you trust it$/,
    ),
  })
})

test('more than 64 MiB at over a thousand to one are refused', async () => {
  const packed = new Uint8Array(gzipSync(new Uint8Array(100_000_000), { level: 9 }))
  await expect(gunzip(bytesOf(packed, 'bomb.gz'))).rejects.toThrow(
    /expected at most 9\d{7}, save it uncompressed/,
  )
})
