import type { Matrix } from '../../math/matrix.ts'
import { allRows, type Dtype, type FeatureRows } from '../../math/rows.ts'
import type { ExplainerReader } from '../../store/read.node.ts'
import { readRows } from './files.node.ts'
import type { SplitName } from './stored-splits.ts'

/** Labels of a split that are numbers, whole. */
export async function storedValues(
  reader: ExplainerReader,
  split: SplitName,
): Promise<Matrix<Float32Array> | null> {
  const path = `${split}/labels.npy`
  if (!reader.has(path)) return null
  return allRows(await readRows(reader, path, [countOf(reader, split), reader.manifest.c], ['float32']))
}

/** Features of a split as they are stored. */
export function storedFeatures(reader: ExplainerReader, split: SplitName): Promise<FeatureRows> {
  const { d } = reader.manifest
  return readRows<Dtype>(reader, `${split}/features.npy`, [countOf(reader, split), d], ['float32', 'float16'])
}

/** How many examples a split has. */
export const countOf = ({ manifest: { n, tests } }: ExplainerReader, split: SplitName): number =>
  split === 'train' ? n : tests
