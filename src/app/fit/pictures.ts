import type { SkippedPicture } from '../../data/picture-dataset.ts'
import { describePictures, type PicturePreprocess, resolvePictures } from '../../data/picture-preprocess.ts'
import { findPreprocess } from '../../data/preprocess-file.node.ts'
import type { Matrix } from '../../math/matrix.ts'
import { modelInput } from '../../method/network/input-shape.ts'
import type { OnnxModel } from '../../onnx/model.ts'
import { UserError } from '../../user-error.ts'
import { type FitOptions, PICTURES_ONLY } from './options.ts'

/** What is known of the examples of a split that are pictures in files of their own. */
export interface SplitPictures {
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

/** The rows of a matrix that were read. */
export function keepRows(
  { cols, data }: Matrix<Float32Array>,
  kept: readonly number[],
): Matrix<Float32Array> {
  const out = new Float32Array(kept.length * cols)
  for (const [k, row] of kept.entries()) out.set(data.subarray(row * cols, (row + 1) * cols), k * cols)
  return { rows: kept.length, cols, data: out }
}
