import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeCsv } from '../../src/formats/csv.ts'

test('a table is what RFC 4180 shows in its section 2', () => {
  expect(
    encodeCsv(
      ['id', 'label'],
      [
        ['plain', 1],
        ['a, comma', null],
        ['a "quote"', -0.5],
        ['two\r\nlines', 1e-7],
      ],
    ),
  ).toBe('id,label\r\nplain,1\r\n"a, comma",\r\n"a ""quote""",-0.5\r\n"two\r\nlines",1e-7\r\n')
})

test('every text comes back, whatever it holds', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '"', ',', '\r', '\n', ' ', 'é') })
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text), { minLength: 1 }), rows => {
      expect(parse(encodeCsv(['x', 'y'], rows))).toEqual([['x', 'y'], ...rows])
    }),
  )
})

/** The grammar of RFC 4180, one field at a time. */
function parse(csv: string): string[][] {
  const rows: string[][] = [[]]
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/y
  while (field.lastIndex < csv.length) {
    const match = field.exec(csv)
    if (!match) throw new Error(`no field in ${csv}`)
    rows.at(-1)?.push(match[1]?.replaceAll('""', '"') ?? match[2])
    if (match[3] === '\r\n' && field.lastIndex < csv.length) rows.push([])
  }
  return rows
}
