import { type FileMetaData, parquetMetadata } from 'hyparquet'
import { ByteWriter } from 'hyparquet-writer'
import { writeMetadata } from 'hyparquet-writer/src/metadata.js'
import { describe, expect, test } from 'vitest'
import { type Bytes, bytesOf } from '../../src/formats/bytes.ts'
import { readParquet } from '../../src/formats/parquet.ts'
import { encodeParquet } from '../../src/formats/parquet-write.ts'

const rows = Array.from({ length: 20 }, (_, i) => i)

const honest = encodeParquet([
  { name: 'a', type: 'int32', values: rows },
  { name: 'b', type: 'string', values: rows.map(row => `row ${row}`) },
])

/** The file with another footer, which the bytes before it may not bear out. */
function withFooter(change: (footer: FileMetaData) => void): Bytes {
  const footer = parquetMetadata(honest)
  // Statistics would have to agree with the schema, which the changes below do not care for.
  for (const meta of columns(footer)) delete meta.statistics
  change(footer)
  const writer = new ByteWriter()
  writer.appendBytes(honest.subarray(0, honest.length - 8 - footer.metadata_length))
  writeMetadata(writer, footer)
  writer.appendUint32(0x31524150)
  return bytesOf(new Uint8Array(writer.getBuffer()), 'x.parquet')
}

function columns(footer: FileMetaData) {
  return footer.row_groups[0].columns.map(({ meta_data }) => {
    if (!meta_data) throw new Error('a column without metadata')
    return meta_data
  })
}

test('a footer that was written again is as good as the first', async () => {
  expect((await readParquet(withFooter(() => {}))).a).toEqual(rows)
})

describe('a footer that claims what the file does not bear out is refused', () => {
  const cases: Record<string, [(footer: FileMetaData) => void, string | RegExp]> = {
    'rows without end': [
      footer => {
        footer.num_rows = 10n ** 12n
      },
      '1000000000000 rows, expected at most 8388608',
    ],
    'more rows in groups': [
      footer => {
        footer.row_groups[0].num_rows = 10n ** 12n
      },
      '1000000000000 rows in groups, expected at most 20',
    ],
    'values without end': [
      footer => {
        columns(footer)[0].num_values = 10n ** 12n
      },
      '1000000000000 values, expected at most 8388608',
    ],
    'negative values': [
      footer => {
        columns(footer)[0].num_values = -1n
      },
      '-1 values, expected at most 8388608',
    ],
    'a column past the end': [
      footer => {
        columns(footer)[0].data_page_offset = 10n ** 6n
      },
      /^1000000 bytes before a column, expected at most \d+$/,
    ],
    'a column longer than the file': [
      footer => {
        columns(footer)[0].total_compressed_size = 10n ** 6n
      },
      /^1000000 bytes in a column, expected at most \d+$/,
    ],
    'the same bytes for many columns': [
      footer => {
        const { length } = honest
        footer.row_groups[0].columns = new Array(50).fill(footer.row_groups[0].columns[0])
        columns(footer)[0].total_compressed_size = BigInt(length >> 1)
      },
      /^\d+ bytes in columns, expected at most \d+$/,
    ],
  }

  test.each(Object.entries(cases))('%s', async (_, [change, reason]) => {
    const message = await readParquet(withFooter(change)).then(
      () => 'it was read',
      error => error.message as string,
    )
    const [, found] = /^x\.parquet: damaged \((.*)\), copy or save it again$/.exec(message) ?? ['', message]
    if (typeof reason === 'string') expect(found).toBe(reason)
    else expect(found).toMatch(reason)
  })

  test('a column without pages', async () => {
    const missing = withFooter(footer => {
      footer.row_groups[0].columns.pop()
    })
    await expect(readParquet(missing)).rejects.toThrow(
      'x.parquet: column b has 0 values, expected 20, copy or save it again',
    )
  })

  test('fewer rows in groups than in all', async () => {
    const short = withFooter(footer => {
      footer.num_rows = 30n
    })
    await expect(readParquet(short)).rejects.toThrow(
      'x.parquet: column a has 20 values, expected 30, copy or save it again',
    )
  })

  test('a type whose decoder is not safe', async () => {
    const geometry = withFooter(footer => {
      footer.schema[2].logical_type = { type: 'GEOMETRY' }
    })
    await expect(readParquet(geometry)).rejects.toThrow(
      'x.parquet: column b has type GEOMETRY, expected numbers or text, save it again as those',
    )
    const decimal = withFooter(footer => {
      footer.schema[2].converted_type = 'DECIMAL'
    })
    await expect(readParquet(decimal)).rejects.toThrow(
      'x.parquet: column b has type DECIMAL, expected numbers or text, save it again as those',
    )
  })
})
