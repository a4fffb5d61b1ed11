import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bytesOf } from '../../src/formats/bytes.ts'
import { openJsonl } from '../../src/formats/jsonl.ts'

const jsonl = (text: string) => openJsonl(bytesOf(new TextEncoder().encode(text), 'x.jsonl'))

async function rowsOf(text: string, columns?: readonly string[]) {
  const table = await jsonl(text)
  const rows: (readonly unknown[])[] = []
  await table.read(columns ?? table.columns, cells => rows.push(cells))
  return rows
}

test('objects are rows, whatever the order of their names and however lines end', async () => {
  const value = fc.oneof(fc.double({ noDefaultInfinity: true, noNaN: true }), fc.string(), fc.constant(null))
  const anyRows = fc.array(fc.tuple(value, value, fc.array(fc.integer())), { minLength: 1 })
  await fc.assert(
    fc.asyncProperty(anyRows, fc.constantFrom('\n', '\r\n', '\n\n'), async (rows, end) => {
      const lines = rows.map(([a, b, c], i) => JSON.stringify(i % 2 === 0 ? { a, b, c } : { c, a, b }))
      // JSON has no -0.
      const kept = JSON.parse(JSON.stringify(rows))
      expect(await rowsOf(lines.join(end), ['a', 'b', 'c'])).toEqual(kept)
    }),
  )
})

test('names that objects have anyway are columns like others', async () => {
  expect(await rowsOf('{"__proto__": 1, "constructor": 2}')).toEqual([[1, 2]])
})

test.each([
  ['', 'nothing in it, expected a JSON object a line'],
  ['{"a": 1}\n{"a": 2', 'line 2 is no JSON, expected an object, mend the line'],
  ['{"a": 1}\n\n[1]', 'line 3 is no object, expected {"column": value, …}'],
  ['{"a": 1}\n{"b": 2}', 'no a at line 2, expected it as in the first line'],
  ['{"a": 1}\n{"a": 2, "b": 2}', 'b at line 2, which the first line lacks, add or remove it'],
])('%j is refused', async (text, message) => {
  await expect(rowsOf(text)).rejects.toMatchObject({ code: 'format', message: `x.jsonl: ${message}` })
})
