import { widened } from '../../math/float16.ts'
import type { Matrix } from '../../math/matrix.ts'
import { allRows, type Dtype, type FeatureRows, mapRows, memoryRows, type Rows } from '../../math/rows.ts'
import type { ExplainerReader } from '../../store/read.node.ts'
import { readMachine } from '../machine/machine.node.ts'
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

/** The given model's logits of a split [rows, c] as they are stored; null where they are not known. */
export async function storedLogits(reader: ExplainerReader, split: SplitName): Promise<Rows | null> {
  const path = `${split}/logits.npy`
  if (!reader.has(path)) return null
  return readRows(reader, path, [countOf(reader, split), reader.manifest.c], ['float32'])
}

/** Rows are held in memory up to this share of the machine's. */
const MEMORY_SHARE = 0.25

/** Rows in memory where they take little of it, else as they are. */
export function inMemory(rows: Rows): Promise<Rows>
export function inMemory(rows: FeatureRows): Promise<FeatureRows>
export async function inMemory(rows: FeatureRows): Promise<FeatureRows> {
  const bytes = 4 * rows.rows * rows.cols
  if (bytes > MEMORY_SHARE * readMachine().memory) return rows
  return memoryRows(await allRows(mapRows(rows, rows.cols, widened)))
}

/** How many examples a split has. */
export const countOf = ({ manifest: { n, tests } }: ExplainerReader, split: SplitName): number =>
  split === 'train' ? n : tests
