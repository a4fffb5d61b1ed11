import { MemoryLookup, type RowLookup } from '../../math/row-lookup.ts'
import { type Dtype, memoryRows, type Rows } from '../../math/rows.ts'
import type { ScanSource } from '../../method/explain/scan.ts'
import type { ExplainerReader } from '../../store/read.node.ts'
import { readRows } from './files.node.ts'

/**
 * The training examples of an explainer block by block, from memory where they are held, else from their files;
 * and ONNX Runtime, which is for those who scan. Errors: UserError on files that are not as `fit` writes them.
 */
export async function openScan(
  reader: ExplainerReader,
  features: RowLookup,
  alpha: RowLookup,
): Promise<ScanSource> {
  const { openRuntime } = await import('../machine/runtime.ts')
  return {
    features: await rowsOf(reader, 'train/features.npy', features, ['float32', 'float16']),
    alpha: await rowsOf(reader, 'alpha.npy', alpha, ['float32']),
    runtime: openRuntime(),
  }
}

function rowsOf<D extends Dtype>(
  reader: ExplainerReader,
  path: string,
  lookup: RowLookup,
  dtypes: readonly D[],
): Promise<Rows<D | 'float32'>> | Rows {
  if (lookup instanceof MemoryLookup) return memoryRows(lookup)
  return readRows(reader, path, [lookup.rows, lookup.cols], dtypes)
}
