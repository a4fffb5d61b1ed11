import type { Dataset } from '../data/open-dataset.node.ts'
import type { PictureDataset, SkippedPicture } from '../data/picture-dataset.ts'
import { describePictures, type PicturePreprocess, resolvePictures } from '../data/picture-preprocess.ts'
import { findPreprocess } from '../data/preprocess-file.node.ts'
import type { Matrix } from '../math/matrix.ts'
import { modelInput } from '../method/input-shape.ts'
import type { OnnxModel } from '../onnx/model.ts'
import { UserError } from '../user-error.ts'
import { type FitOptions, PICTURES_ONLY } from './fit-options.ts'
import { readNames } from './names.node.ts'

/** What is known of the examples of a split that are pictures in files of their own. */
export interface SplitPictures {
  /** Names of their own, else they are named by their rows. */
  readonly ids: readonly string[] | null
  readonly paths: readonly string[]
  /** Those that could not be read and are left out, by their rows before that. */
  readonly skipped: readonly SkippedPicture[]
}

/** How pictures are treated, where that was found, and the sizes of one input. */
export interface PictureTreatment {
  readonly preprocess: PicturePreprocess
  readonly from: string | null
  readonly itemShape: readonly number[]
}

/** Decides what is done to pictures: flags before what stands beside the model before what fits its input. */
export async function treatPictures(model: OnnxModel, options: FitOptions): Promise<PictureTreatment> {
  const { known, from } = await findPreprocess(options.model ?? '', options.preprocess)
  const [, ...wanted] = modelInput(model).shape ?? []
  const treatment = { from, ...resolvePictures(options, known, wanted, model.name) }
  const origin = from === null ? '' : ` (${from}, and flags before it)`
  options.onProgress?.({
    phase: 'pictures',
    note: `pictures${origin}: ${describePictures(treatment.preprocess)}`,
  })
  return treatment
}

/** Arrays are taken as they are. */
export function refusePictureOptions(options: FitOptions, name: string): void {
  const option = PICTURES_ONLY.find(option => options[option] !== undefined)
  if (option === undefined) return
  throw new UserError('usage', `${option}: for pictures in files, ${name} is an array, leave it out`)
}

/**
 * The names of the c outputs, in their order: the user's, else the classes of the data where there are as
 * many. Null where nothing names them.
 */
export async function outputNames(
  train: Dataset,
  c: number,
  classesFile: string | undefined,
): Promise<readonly string[] | null> {
  if (train.kind === 'array' || train.classes === null) return null
  if (classesFile !== undefined) return readNames(classesFile, c, 'class')
  if (train.classes.length === c) return train.classes
  throw new UserError(
    'shape',
    `${train.name}: ${train.classes.length} classes, the model has ${c} outputs, name these in their order with --classes FILE`,
  )
}

/** Labels as indices of outputs, matched by the names of the classes. */
export function labelsByName({ name, labels, classes }: PictureDataset, names: readonly string[] | null) {
  if (labels === null || classes === null || names === null) return labels
  const indices = classes.map(found => {
    const index = names.indexOf(found)
    if (index >= 0) return index
    const shown = names.slice(0, 12).join(', ')
    throw new UserError(
      'not-found',
      `${name}: class not found: ${found}, expected one of ${shown}${names.length > 12 ? ', …' : ''}`,
    )
  })
  return labels.map(label => indices[label])
}

/** The rows of a matrix that were read. */
export function keepRows(
  { cols, data }: Matrix<Float32Array>,
  kept: readonly number[],
): Matrix<Float32Array> {
  const out = new Float32Array(kept.length * cols)
  for (const [k, row] of kept.entries()) out.set(data.subarray(row * cols, (row + 1) * cols), k * cols)
  return { rows: kept.length, cols, data: out }
}
