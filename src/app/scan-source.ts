import { readNpyHeader } from '../formats/npy.ts'
import { expectShape } from '../math/matrix.ts'
import { MemoryLookup, type RowLookup } from '../math/row-lookup.ts'
import { type Dtype, memoryRows, type Rows } from '../math/rows.ts'
import type { ScanSource } from '../method/scan.ts'
import { areRows } from '../store/file-lookup.node.ts'
import { fileRows } from '../store/file-rows.node.ts'
import type { ExplainerReader } from '../store/read.node.ts'
import { UserError } from '../user-error.ts'

/**
 * The training examples of an explainer block by block, from memory where they are held, else from their files;
 * and ONNX Runtime, which is for those who scan. Errors: UserError on files that are not as `fit` writes them.
 */
export async function openScan(
  reader: ExplainerReader,
  features: RowLookup,
  alpha: RowLookup,
): Promise<ScanSource> {
  const { openRuntime } = await import('./runtime.ts')
  return {
    features: await rowsOf(reader, 'train/features.npy', features, ['float32', 'float16']),
    alpha: await rowsOf(reader, 'alpha.npy', alpha, ['float32']),
    runtime: openRuntime(),
  }
}

/** @param dtypes that are expected */
async function rowsOf<D extends Dtype>(
  reader: ExplainerReader,
  path: string,
  lookup: RowLookup,
  dtypes: readonly D[],
): Promise<Rows<D | 'float32'>> {
  if (lookup instanceof MemoryLookup) return memoryRows(lookup)
  const { rows, cols } = lookup
  const file = await reader.file(path)
  const header = await readNpyHeader(file)
  expectShape(file.name, header.shape, [rows, cols])
  const dtype = dtypes.find(name => name === header.dtype)
  if (dtype !== undefined && areRows(header)) {
    return fileRows({ path: file.name, offset: header.dataOffset, rows, cols, dtype })
  }
  throw new UserError('format', `${file.name}: other numbers than fit writes, run fit again`)
}
