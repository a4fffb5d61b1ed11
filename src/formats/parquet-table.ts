import type { Bytes } from './bytes.ts'
import { openParquet, readParquetInfo } from './parquet.ts'
import { expectNames, type Table } from './table.ts'

/** Opens a Parquet file to be read row by row, of which one group is held at a time. Errors as of `readParquet`. */
export async function openParquetTable(bytes: Bytes): Promise<Table> {
  const { columns, metadata } = await readParquetInfo(bytes)
  expectNames(bytes, columns)
  return {
    name: bytes.name,
    columns,
    isText: false,
    metadata,
    place: row => `row ${row}`,
    read: async (wanted, take) => {
      const { rows, read } = await openParquet(bytes)
      let at = 0
      for (const group of rows.keys()) {
        const values = await read(group, wanted)
        for (let row = 0; row < rows[group]; row++) {
          const cells = wanted.map(column => values[column][row])
          take(cells, at++)
        }
      }
    },
  }
}
