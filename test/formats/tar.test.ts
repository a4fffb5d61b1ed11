import fc from 'fast-check'
import { packTar } from 'modern-tar'
import { describe, expect, test } from 'vitest'
import { bytesOf } from '../../src/formats/bytes.ts'
import { readTar, type TarMember } from '../../src/formats/tar.ts'
import { expectations, fixture } from './fixtures.ts'

const expected = expectations<{ members: TarMember[] }>('tar.jsonl')

describe('members lie where Python finds them', () => {
  test.each([...expected])('%s', async (name, { members }) => {
    expect(await readTar(fixture(`tar/${name}`))).toEqual(members)
  })

  test('and only headers are read', async () => {
    const file = fixture('tar/pax.tar')
    let read = 0
    const counting = {
      ...file,
      slice: (start: number, end: number) => {
        read += end - start
        return file.slice(start, end)
      },
    }
    const members = await readTar(counting)
    const content = members.reduce((sum, { size }) => sum + size, 0)
    expect(read).toBeLessThan(file.byteLength - content)
  })
})

test('what another writer packs is found, with its bytes', async () => {
  const name = fc.stringMatching(/^[a-zé]{1,60}(\/[a-z]{1,60}){0,4}\.jpg$/)
  const anyFiles = fc.uniqueArray(fc.tuple(name, fc.uint8Array({ maxLength: 1200 })), {
    selector: ([name]) => name,
  })
  await fc.assert(
    fc.asyncProperty(anyFiles, async files => {
      const packed = await packTar(
        files.map(([name, body]) => ({ header: { name, size: body.length }, body })),
      )
      const bytes = bytesOf(packed, 'x.tar')
      const members = await readTar(bytes)
      expect(members.map(({ name }) => name)).toEqual(files.map(([name]) => name))
      for (const [k, { offset, size }] of members.entries()) {
        expect(Array.from(await bytes.slice(offset, offset + size))).toEqual(Array.from(files[k][1]))
      }
    }),
    { numRuns: 50 },
  )
})

test.each([
  ['refused-truncated.tar', 'a truncated tar archive, copy or save it again'],
  ['refused-truncated-header.tar', 'a truncated tar archive, copy or save it again'],
  ['refused-words.tar', 'not a tar archive, expected one'],
  ['refused-flipped.tar', 'a damaged tar header at byte 512, copy or save it again'],
  ['refused-huge.tar', 'a truncated tar archive, copy or save it again'],
])('%s', async (name, sentence) => {
  await expect(readTar(fixture(`tar/${name}`))).rejects.toMatchObject({
    code: 'format',
    message: `${name}: ${sentence}`,
  })
})
