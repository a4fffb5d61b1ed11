import { basename, dirname, join, resolve } from 'node:path'
import { fileSize } from '../formats/files.node.ts'
import type { NdArray } from '../formats/ndarray.ts'
import { UserError } from '../user-error.ts'
import { toLabels } from './arrays.ts'
import { readArray, readCompanion } from './read-array.ts'

/** Examples that a network takes: pictures or other numbers, with labels where they were found. */
export interface Dataset {
  /** The path as the user gave it. */
  readonly name: string
  /** The absolute path, to find the pictures again. */
  readonly path: string
  /** [n, …] */
  readonly array: NdArray
  readonly labels: Int32Array | null
}

/**
 * Reads `DATA`: an IDX, .npy or .npz file of pictures or ready inputs. Labels come from `labelsPath`, else
 * from the same .npz, else from the IDX file of labels that stands beside one of images.
 */
export async function readDataset(path: string, labelsPath?: string): Promise<Dataset> {
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
  return { name: path, path: resolve(path), array, labels: labels?.values ?? null }
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
