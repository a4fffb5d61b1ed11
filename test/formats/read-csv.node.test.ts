import { describe, expect, test } from 'vitest'
import { bytesOf } from '../../src/formats/bytes.ts'
import { openCsv } from '../../src/formats/read-csv.node.ts'
import type { Table } from '../../src/formats/table.ts'
import { expectations, fixture } from './fixtures.ts'

const expected = expectations<{ header: string[]; rows: string[][] }>('csv.jsonl')

async function rowsOf(table: Table, columns: readonly string[] = table.columns) {
  const rows: (readonly unknown[])[] = []
  const places: string[] = []
  await table.read(columns, (cells, at) => {
    rows.push(cells)
    places.push(table.place(at))
  })
  return { rows, places }
}

const csv = (text: string) => openCsv(bytesOf(new TextEncoder().encode(text), 'x.csv'))

describe('what Python wrote is read as Python reads it', () => {
  test.each([...expected])('%s', async (name, { header, rows }) => {
    const table = await openCsv(fixture(`csv/${name}`))
    expect(table.columns).toEqual(header)
    expect((await rowsOf(table)).rows).toEqual(rows)
    const swapped = [header[2], header[0]]
    expect((await rowsOf(table, swapped)).rows).toEqual(rows.map(row => [row[2], row[0]]))
  })
})

test('rows are called by the line that they end in', async () => {
  const { places } = await rowsOf(await csv('a,b\r\n1,2\r\n\r\n"x\ny",3\r\n'))
  expect(places).toEqual(['line 2', 'line 5'])
})

test.each([
  ['', 'nothing in it, expected a header and rows'],
  ['a,b,a\n', 'column a twice, expected each once, rename one'],
  ['a,,b\n1,2,3\n', 'column 2 has no name, expected one, name it or leave it out'],
  ['a;b\n1;2\n', 'a header separated by ;, expected commas, save it with those'],
  ['a\tb\n1\t2\n', 'a header separated by a tab, expected commas, save it with those'],
  ['a,b\n1,2\n3\n', '1 cells at line 3, expected 2 as in the header, mend the line'],
  ['a,b\n1,2,3\n', '3 cells at line 2, expected 2 as in the header, mend the line'],
  ['a,b\n1,"2\n', 'line 2: a quote that is not closed, expected it before the end, mend the line'],
  ['a,b\n1,"2"3\n', 'line 2: a quote inside a quoted cell, expected it doubled, mend the line'],
  ['a,b\n1,2"3\n', 'line 2: a quote inside a cell without quotes, expected quotes around it, mend the line'],
])('%j is refused', async (text, message) => {
  await expect(csv(text).then(rowsOf)).rejects.toMatchObject({ code: 'format', message: `x.csv: ${message}` })
})

test('text in another encoding is refused', async () => {
  const latin = bytesOf(Uint8Array.of(0x61, 0x2c, 0xdf, 0x0a), 'x.csv')
  await expect(openCsv(latin)).rejects.toThrow('x.csv: text that is not UTF-8, save it as that')
})
