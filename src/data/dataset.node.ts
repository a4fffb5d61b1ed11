import { basename, dirname, join, resolve } from 'node:path'
import { fileSize } from '../formats/files.node.ts'
import type { DType } from '../formats/ndarray.ts'
import type { Rows } from '../math/rows.ts'
import { UserError } from '../user-error.ts'
import type { ArrayFile, NamedColumns } from './array-file.ts'
import { type Labels, labelCount, NO_LABELS } from './labels.ts'
import { placedInputs } from './placed-inputs.ts'
import { type Preprocess, preprocessedRows } from './preprocess.ts'
import { openArrays } from './read-array.ts'
import type { Source } from './source.ts'
import type { TableChoice } from './table-roles.ts'

/** Examples as one array of pictures or other numbers, with labels where they were found. */
export interface ArrayDataset extends Labels {
  readonly kind: 'array'
  /** The path as the user gave it. */
  readonly name: string
  readonly count: number
  /** The file that the labels came from */
  readonly labelsName: string
  /** Where each example has a name of its own. */
  readonly ids: readonly string[] | null
  /** Of a table: its columns, which tables of further examples must have too. */
  readonly table: NamedColumns | null
  /** Sizes of one example, and the type of its numbers, as the files have them */
  readonly itemShape: readonly number[]
  readonly dtype: DType
  /** What to read again to show an example. */
  readonly source: Source
  /** The examples as inputs of a network [n, size of one]. */
  inputs(preprocess: Preprocess): Rows
}

/** Where labels are, beside the examples themselves, and which columns of tables are what. */
export interface DatasetChoice extends TableChoice {
  readonly labels?: string | undefined
}

/**
 * Reads a file of pictures or ready inputs: IDX, .npy, .npz, .safetensors, or a table. Labels come from the
 * file that is named, else from the same file, else from the IDX file of labels that stands beside one of
 * images.
 */
export async function readDataset(path: string, choice: DatasetChoice = {}): Promise<ArrayDataset> {
  const file = await openArrays(path, choice.labels === undefined ? choice : withoutLabel(choice))
  const { shape, dtype, inputs } = await openInputs(file)
  if (shape.length < 2 || shape[0] === 0) {
    throw new UserError('shape', `${path}: expected examples [n, …], got [${shape.join(', ')}]`)
  }
  const { name: labelsName, ...labels } = await findLabels(file, choice)
  const labelled = labelCount(labels)
  if (labelled !== null && labelled !== shape[0]) {
    throw new UserError(
      'shape',
      `${labelsName}: ${labelled} labels, expected ${shape[0]}, one for each example of ${path}`,
    )
  }
  const [count, ...itemShape] = shape
  return {
    kind: 'array',
    name: path,
    count,
    ...labels,
    labelsName,
    ids: await file.readIds(),
    table: file.table,
    itemShape,
    dtype,
    source: sourceOf(file, shape),
    inputs,
  }
}

/** The array of inputs: read in parts where it lies, else whole. */
async function openInputs(
  file: ArrayFile,
): Promise<Pick<ArrayDataset, 'dtype' | 'inputs'> & { readonly shape: readonly number[] }> {
  const place = await file.place('inputs')
  if (place) {
    const { shape, type } = place
    const inputs = (preprocess: Preprocess) => placedInputs(place, preprocess, file.name)
    return { shape, dtype: type === 'bfloat16' ? 'float32' : type, inputs }
  }
  const array = await file.read('inputs')
  const { shape, dtype } = array
  return { shape, dtype, inputs: preprocess => preprocessedRows(array, preprocess, file.name) }
}

/** What to write down of a file, to find its examples again. */
export function sourceOf({ name, table }: ArrayFile, shape: readonly number[]): Source {
  const path = resolve(name)
  if (!table) return { kind: 'array', path, shape: [...shape] }
  return { kind: 'table', path, columns: [...table.columns], label: table.label, id: table.id }
}

/** The label column is one of the file that the labels come from. */
export const withoutLabel = ({ labelColumn: _, ...choice }: DatasetChoice): TableChoice => choice

/** Reads a file that is there for labels. */
export async function readLabelsFile(
  path: string,
  { labelColumn }: TableChoice,
): Promise<Labels & { readonly name: string }> {
  const file = await openArrays(path, labelColumn === undefined ? {} : { labelColumn })
  return { name: path, ...(await file.readLabels()) }
}

async function findLabels(
  file: ArrayFile,
  choice: DatasetChoice,
): Promise<Labels & { readonly name: string }> {
  if (choice.labels !== undefined) return readLabelsFile(choice.labels, choice)
  const own = await file.readLabelsBeside()
  if (own) return { name: file.name, ...own }
  const beside = labelsBeside(file.name)
  if (beside && (await exists(beside))) return readLabelsFile(beside, {})
  return { name: file.name, ...NO_LABELS }
}

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
