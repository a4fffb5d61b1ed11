import fc from 'fast-check'
import { parquetMetadata } from 'hyparquet'
import { describe, expect, test } from 'vitest'
import { bytesOf } from '../../src/formats/bytes.ts'
import { readParquet, readParquetInfo } from '../../src/formats/parquet.ts'
import { encodeParquet, encodeParquetGroups, type ParquetColumn } from '../../src/formats/parquet-write.ts'
import { expectations, fixture, fixtureNames } from './fixtures.ts'

const columns = expectations<{ values: unknown[] }>('parquet.jsonl')

const refused: Record<string, string> = {
  'refused-delta.parquet':
    'column id is encoded as DELTA_BYTE_ARRAY, expected plain or dictionary pages, save it again with those',
  'refused-brotli.parquet':
    'column id is compressed with BROTLI, expected SNAPPY, GZIP, ZSTD, LZ4 or none, save it again with snappy',
}

/** What JSON cannot say: big integers are written as text, bytes as arrays. */
const inJson: Record<string, (value: never) => unknown> = {
  big: (value: bigint) => value.toString(),
  image: (value: { bytes: Uint8Array }) => ({ ...value, bytes: [...value.bytes] }),
}

describe.each(fixtureNames('parquet').filter(name => !(name in refused)))('what pyarrow wrote: %s', name => {
  const bytes = fixture(`parquet/${name}`)

  test.each([...columns])('%s', async (column, { values }) => {
    const table = await readParquet(bytes, [column])
    expect(Object.keys(table)).toEqual([column])
    expect(table[column].map((inJson[column] ?? ((value: unknown) => value)) as never)).toEqual(values)
  })

  test('all columns', async () => {
    expect(Object.keys(await readParquet(bytes))).toEqual([...columns.keys()])
  })

  test('what it says of itself', async () => {
    const { rows, columns: names, metadata } = await readParquetInfo(bytes)
    expect(rows).toBe(40)
    expect(names).toEqual([...columns.keys()])
    expect(metadata.get('huggingface')).toBe('{"info": {}}')
  })
})

describe('what cannot be decoded here', () => {
  test.each(Object.entries(refused))('%s', async (name, sentence) => {
    await expect(readParquet(fixture(`parquet/${name}`))).rejects.toMatchObject({
      name: 'UserError',
      code: 'format',
      message: `${name}: ${sentence}`,
    })
  })

  test('the other columns of such a file are read', async () => {
    const { label } = await readParquet(fixture('parquet/refused-delta.parquet'), ['label'])
    expect(label).toEqual(columns.get('label')?.values)
  })
})

test('a missing column', async () => {
  const file = bytesOf(encodeParquet([column('a', 'int32', [1]), column('b', 'string', ['x'])]), 'x.parquet')
  await expect(readParquet(file, ['a', 'label'])).rejects.toMatchObject({
    code: 'not-found',
    message: 'x.parquet: column not found: label, expected one of a, b',
  })
})

test.each([
  [[], 'x.parquet: not a Parquet file or a truncated one, copy or save it again'],
  [
    [...'these are no columns'].map(c => c.charCodeAt(0)),
    'x.parquet: not a Parquet file or a truncated one, copy or save it again',
  ],
  [
    [0x50, 0x41, 0x52, 0x31, 0, 0, 0, 1, 0x50, 0x41, 0x52, 0x31],
    'x.parquet: a footer of 16777216 bytes in 12, copy or save it again',
  ],
  [
    [0x50, 0x41, 0x52, 0x31, 0, 1, 0, 0, 0, 0x50, 0x41, 0x52, 0x31],
    'x.parquet: damaged, copy or save it again',
  ],
  [
    [0x50, 0x41, 0x52, 0x31, 0x29, 0xfc, 0xff, 0xff, 0xff, 0x7f, 6, 0, 0, 0, 0x50, 0x41, 0x52, 0x31],
    'x.parquet: damaged (a list of 268435455 reaches past the end), copy or save it again',
  ],
])('what is no Parquet %#', async (content, message) => {
  await expect(readParquet(bytesOf(new Uint8Array(content), 'x.parquet'))).rejects.toMatchObject({
    name: 'UserError',
    code: 'format',
    message,
  })
})

function column(name: string, type: ParquetColumn['type'], values: readonly unknown[], nullable?: boolean) {
  return { name, type, values, ...(nullable === undefined ? {} : { nullable }) }
}

describe('what we write', () => {
  const values: { [K in ParquetColumn['type']]: fc.Arbitrary<unknown> } = {
    int32: fc.integer(),
    int64: fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
    float: fc.float(),
    double: fc.double(),
    string: fc.string({ unit: 'grapheme' }),
    boolean: fc.boolean(),
  }
  const types = Object.keys(values) as ParquetColumn['type'][]
  const anyColumns = fc.nat(60).chain(rows =>
    fc.array(
      fc.tuple(fc.constantFrom(...types), fc.boolean(), fc.boolean()).chain(([type, nullable, constant]) =>
        fc
          .array(nullable ? fc.option(values[type]) : values[type], {
            minLength: rows,
            maxLength: rows,
            size: 'max',
          })
          .map(all => ({ type, nullable, values: constant ? all.fill(all[0]) : all })),
      ),
      { minLength: 1, maxLength: 4 },
    ),
  )

  /** 64-bit integers come as numbers where they fit. */
  function narrowed(value: unknown): unknown {
    return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value
  }

  test('is read as it was', async () => {
    await fc.assert(
      fc.asyncProperty(anyColumns, async unnamed => {
        const table = unnamed.map((rest, i) => ({ name: `column ${i}`, ...rest }))
        const read = await readParquet(bytesOf(encodeParquet(table), 'x.parquet'))
        expect(read).toEqual(
          Object.fromEntries(table.map(({ name, values }) => [name, values.map(narrowed)])),
        )
      }),
    )
  })

  test('is the same table in however many groups it comes', async () => {
    await fc.assert(
      fc.asyncProperty(anyColumns, fc.nat(60), async (unnamed, cut) => {
        const table = unnamed.map((rest, i) => ({ name: `column ${i}`, ...rest }))
        const sliced = (from: number, to?: number) => table.map(({ values }) => values.slice(from, to))
        async function* groups() {
          yield sliced(0, cut)
          yield sliced(cut)
        }
        const chunks: Uint8Array[] = []
        for await (const chunk of encodeParquetGroups(table, groups())) chunks.push(chunk)
        const read = await readParquet(bytesOf(Buffer.concat(chunks), 'x.parquet'))
        expect(read).toEqual(
          Object.fromEntries(table.map(({ name, values }) => [name, values.map(narrowed)])),
        )
      }),
    )
  })

  test('may have more than one row group, and constant columns', async () => {
    const n = 150_000
    const file = encodeParquet([
      column('zero', 'int64', new Array(n).fill(0)),
      column(
        'row',
        'int32',
        Array.from({ length: n }, (_, i) => i),
      ),
      column('half', 'float', new Array(n).fill(0.5), true),
    ])
    const { zero, row, half } = await readParquet(bytesOf(file, 'x.parquet'))
    expect([zero.length, row.length, half.length]).toEqual([n, n, n])
    expect(row.every((value, i) => value === i && zero[i] === 0 && half[i] === 0.5)).toBe(true)
  })

  test('is nullable where it says so', () => {
    const [, a, b] = parquetMetadata(
      encodeParquet([column('a', 'int32', [1]), column('b', 'int32', [1], true)]),
    ).schema
    expect([a.repetition_type, b.repetition_type]).toEqual(['REQUIRED', 'OPTIONAL'])
  })

  test('keeps metadata', async () => {
    const file = encodeParquet([column('a', 'int32', [1])], { metadata: { model: 'mnist', größe: '3' } })
    const { metadata } = await readParquetInfo(bytesOf(file, 'x.parquet'))
    expect([...metadata]).toEqual([
      ['model', 'mnist'],
      ['größe', '3'],
    ])
  })

  test.each([
    [column('a', 'int32', [1, 1.5]), 'column a: 1.5 in row 1, expected int32'],
    [column('a', 'int32', [2 ** 31]), 'column a: 2147483648 in row 0, expected int32'],
    [column('a', 'int64', [2 ** 53]), 'column a: 9007199254740992 in row 0, expected int64'],
    [column('a', 'string', ['x', null]), 'column a: null in row 1, expected string'],
    [column('a', 'boolean', [0]), 'column a: 0 in row 0, expected boolean'],
  ])('holds values of its type %#', (wrong, message) => {
    expect(() => encodeParquet([wrong])).toThrow(message)
  })
})
