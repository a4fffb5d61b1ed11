import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesOf } from '../../src/formats/bytes.ts'
import { readParquet } from '../../src/formats/parquet.ts'
import { readParquetText } from '../../src/formats/parquet-text.ts'
import { encodeParquet, encodeParquetGroups } from '../../src/formats/parquet-write.ts'

async function inGroups(groups: readonly (readonly string[])[]): Promise<Uint8Array> {
  async function* values() {
    for (const group of groups) yield [group.map((_, row) => row), group]
  }
  const fields = [
    { name: 'row', type: 'int32', nullable: false },
    { name: 'id', type: 'string', nullable: false },
  ] as const
  const parts: Uint8Array[] = []
  for await (const part of encodeParquetGroups(fields, values(), { compressed: false })) parts.push(part)
  return new Uint8Array(Buffer.concat(parts))
}

const bytes = (content: Uint8Array) => bytesOf(content, 'examples.parquet')

describe('text is what readParquet reads', () => {
  const group = fc.array(fc.string({ unit: 'grapheme', maxLength: 12 }), { minLength: 1, maxLength: 40 })

  test('where it stands plain, in any order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(group, { minLength: 1, maxLength: 3 }), async groups => {
        const content = await inGroups(groups)
        const { id } = await readParquet(bytes(content), ['id'])
        const text = await readParquetText(bytes(content), 'id')
        expect(text.length).toBe(id.length)
        for (let row = id.length - 1; row >= 0; row--) expect(text.at(row)).toBe(id[row])
        expect([...text]).toEqual(id)
        for (const value of id) expect(text.indexOf(value as string)).toBe(id.indexOf(value))
        expect(text.indexOf('nowhere to be found')).toBe(-1)
      }),
    )
  })

  test('where it is compressed, or in a dictionary', async () => {
    const values = Array.from({ length: 500 }, (_, i) => `class ${i % 3}`)
    const text = await readParquetText(bytes(encodeParquet([{ name: 'id', type: 'string', values }])), 'id')
    expect([...text]).toEqual(values)
    expect([text.at(4), text.indexOf('class 2'), text.indexOf('class')]).toEqual(['class 1', 2, -1])
  })
})

describe('what cannot be read is refused', () => {
  test('a length that reaches past its page', async () => {
    const content = await inGroups([['first', 'second']])
    const at = Buffer.from(content).indexOf('second') - 4
    content[at] = 200
    await expect(readParquetText(bytes(content), 'id')).rejects.toThrow('examples.parquet: damaged')
  })

  test('gaps, and what is no text', async () => {
    const column = { name: 'id', type: 'string', values: ['a', null], nullable: true } as const
    await expect(readParquetText(bytes(encodeParquet([column])), 'id')).rejects.toThrow('not text throughout')
    const content = await inGroups([['a']])
    await expect(readParquetText(bytes(content), 'row')).rejects.toThrow('not text throughout')
    await expect(readParquetText(bytes(content), 'path')).rejects.toThrow('column not found: path')
  })
})
