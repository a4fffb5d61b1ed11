import { encodeParquetGroups, type ParquetField } from '../../formats/parquet-write.ts'
import type { ExplainerWriter } from '../../store/write.node.ts'
import type { Examples } from '../explainer/files.node.ts'

/** Examples of a split as they are written: ids are made row by row. */
interface WrittenExamples extends Omit<Examples, 'ids'> {
  readonly idOf: (row: number) => string
}

/** Rows of examples that are held and written at once. */
const GROUP = 2 ** 16

/** Writes `examples.parquet` group by group of rows, to be read quickly. */
export async function writeExamples(
  writer: ExplainerWriter,
  path: string,
  { idOf, labels, predicted, fitted, paths, sourceRows }: WrittenExamples,
): Promise<void> {
  const columns: (ParquetField & { of: (row: number) => unknown })[] = [
    { name: 'row', type: 'int32', of: row => row },
    { name: 'id', type: 'string', of: idOf },
    ...(paths ? [{ name: 'path', type: 'string' as const, of: (row: number) => paths[row] }] : []),
    ...(labels ? [{ name: 'label', type: 'int32' as const, of: (row: number) => labels[row] }] : []),
    { name: 'predicted', type: 'int32', of: row => predicted[row] },
    { name: 'fitted', type: 'int32', of: row => fitted[row] },
    ...(sourceRows
      ? [{ name: 'source_row', type: 'int32' as const, of: (row: number) => sourceRows[row] }]
      : []),
  ]
  async function* groups() {
    for (let start = 0; start < predicted.length; start += GROUP) {
      const length = Math.min(GROUP, predicted.length - start)
      yield columns.map(({ of }) => Array.from({ length }, (_, k) => of(start + k)))
    }
  }
  await writer.writeParts(path, encodeParquetGroups(columns, groups(), { compressed: false }))
}
