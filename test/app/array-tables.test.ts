import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fit } from '../../src/app/fit/fit.ts'
import { readFileBytes } from '../../src/formats/files.node.ts'
import { readNpy } from '../../src/formats/npy.ts'
import { encodeParquet } from '../../src/formats/parquet-write.ts'
import { writeBundle } from './bundle.ts'

/** An array of a bundle as a table: a column for each of its columns. */
async function asTable(path: string, ending: 'parquet' | 'csv'): Promise<string> {
  const { shape, data } = await readNpy(await readFileBytes(path))
  const [rows, cols = 1] = shape
  const columns = Array.from({ length: cols }, (_, j) =>
    Array.from({ length: rows }, (_, i) => Number(data[i * cols + j])),
  )
  const table = path.replace(/\.npy$/, `.${ending}`)
  await writeFile(
    table,
    ending === 'parquet'
      ? encodeParquet(columns.map((values, j) => ({ name: `column ${j}`, type: 'float', values })))
      : [columns.map((_, j) => `column ${j}`), ...columns[0].map((_, i) => columns.map(of => of[i]))].join(
          '\n',
        ),
  )
  return table
}

test.each(['parquet', 'csv'] as const)(
  'features, logits and the head may all be tables as .%s',
  async ending => {
    const { directory: _, out, labels, testLabels, ...arrays } = await writeBundle()
    const tables: Record<string, string> = {}
    for (const [name, path] of Object.entries(arrays)) tables[name] = await asTable(path, ending)
    const alpha = async () => (await readNpy(await readFileBytes(join(out, 'alpha.npy')))).data
    await fit({ ...arrays, labels, testLabels, out })
    const expected = await alpha()
    const answer = await fit({ ...tables, labels, testLabels, out, force: true })
    expect(await alpha()).toEqual(expected)
    expect(answer.fidelity.test).not.toBeNull()
  },
)
