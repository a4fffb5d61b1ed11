import { basename, dirname, join, resolve } from 'node:path'
import { fileSize } from '../formats/files.node.ts'
import type { DType, NdArray } from '../formats/ndarray.ts'
import type { Rows } from '../math/rows.ts'
import { UserError } from '../user-error.ts'
import { toLabels } from './arrays.ts'
import { type Preprocess, preprocessedRows } from './preprocess.ts'
import { readArray, readCompanion } from './read-array.ts'
import type { Source } from './source.ts'

/** Examples as one array of pictures or other numbers, with labels where they were found. */
export interface ArrayDataset {
  readonly kind: 'array'
  /** The path as the user gave it. */
  readonly name: string
  readonly count: number
  readonly labels: Int32Array | null
  /** The file that the labels came from */
  readonly labelsName: string
  /** Sizes of one example, and the type of its numbers, as the files have them */
  readonly itemShape: readonly number[]
  readonly dtype: DType
  /** What to read again to show an example. */
  readonly source: Source
  /** The examples as inputs of a network [n, size of one]. */
  inputs(preprocess: Preprocess): Rows
}

/**
 * Reads an IDX, .npy or .npz file of pictures or ready inputs. Labels come from `labelsPath`, else
 * from the same .npz, else from the IDX file of labels that stands beside one of images.
 */
export async function readDataset(path: string, labelsPath?: string): Promise<ArrayDataset> {
  const array = await readArray(path, 'inputs')
  if (array.shape.length < 2 || array.shape[0] === 0) {
    throw new UserError('shape', `${path}: expected examples [n, …], got [${array.shape.join(', ')}]`)
  }
  const labels = await findLabels(path, labelsPath)
  if (labels && labels.values.length !== array.shape[0]) {
    throw new UserError(
      'shape',
      `${labels.name}: ${labels.values.length} labels, expected ${array.shape[0]}, one for each example of ${path}`,
    )
  }
  const [count, ...itemShape] = array.shape
  return {
    kind: 'array',
    name: path,
    count,
    labels: labels?.values ?? null,
    labelsName: labels?.name ?? path,
    itemShape,
    dtype: array.dtype,
    source: { kind: 'array', path: resolve(path), shape: [...array.shape] },
    inputs: preprocess => preprocessedRows(array, preprocess, path),
  }
}

async function findLabels(
  path: string,
  labelsPath: string | undefined,
): Promise<{ name: string; values: Int32Array } | null> {
  if (labelsPath !== undefined) return labelled(labelsPath, await readArray(labelsPath, 'labels'))
  const companion = await readCompanion(path, 'labels')
  if (companion) return labelled(path, companion)
  const beside = labelsBeside(path)
  return beside && (await exists(beside)) ? labelled(beside, await readArray(beside, 'labels')) : null
}

const labelled = (name: string, array: NdArray) => ({ name, values: toLabels(array, name) })

/** train-images-idx3-ubyte → train-labels-idx1-ubyte, as MNIST and its successors name them. */
function labelsBeside(path: string): string | null {
  const name = basename(path)
  const labels = name.replace('images', 'labels').replace('idx3', 'idx1')
  return labels === name ? null : join(dirname(path), labels)
}

async function exists(path: string): Promise<boolean> {
  try {
    await fileSize(path)
    return true
  } catch {
    return false
  }
}
