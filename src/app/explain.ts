import { toMatrix } from '../data/arrays.ts'
import { pictureLayout, pictureOf } from '../data/pictures.ts'
import { readArray } from '../data/read-array.ts'
import { decodeImage } from '../formats/images.node.ts'
import type { NdArray } from '../formats/ndarray.ts'
import { type Picture, toGrey, toRgb } from '../formats/picture.ts'
import { rowOf } from '../math/matrix.ts'
import { UserError } from '../user-error.ts'
import { type Explainer, openExplainer } from './explainer.ts'
import type { ExplainChoices, Explanation } from './explanation.ts'

export interface ExplainOptions extends ExplainChoices {
  readonly directory: string
  /**
   * What to explain: `test/12` or `train/12` (stored, by row or by id), a picture file, or `F.npy#12`, row
   * 12 of an array of features.
   */
  readonly inputs: readonly string[]
  /** Arrays hold inputs of the model, not features. */
  readonly raw?: boolean
  readonly verify?: boolean
}

export interface ExplainAnswer {
  readonly schemaVersion: 1
  readonly explainer: string
  /** Names of the outputs; null where `fit` was given none */
  readonly classes: readonly string[] | null
  readonly explanations: readonly Explanation[]
}

/** Explains each input by the training examples that speak most for and most against the output. */
export async function explain(options: ExplainOptions): Promise<ExplainAnswer> {
  const explainer = await openExplainer(options.directory, { verify: options.verify ?? false })
  try {
    return explainAnswer(explainer, await explainInputs(explainer, options))
  } finally {
    await explainer.close()
  }
}

/** An explanation with the picture of what it explains, where there is one. */
export interface ExplainedInput {
  readonly explanation: Explanation
  /** null for features; for a stored example: where it is stored */
  readonly picture: Picture | { readonly split: 'train' | 'test'; readonly row: number } | null
}

export function explainAnswer(explainer: Explainer, explained: readonly ExplainedInput[]): ExplainAnswer {
  return {
    schemaVersion: 1,
    explainer: explainer.directory,
    classes: explainer.manifest.classes,
    explanations: explained.map(({ explanation }) => explanation),
  }
}

export async function explainInputs(
  explainer: Explainer,
  { inputs, raw = false, ...choices }: Omit<ExplainOptions, 'directory'>,
): Promise<ExplainedInput[]> {
  if (inputs.length === 0) {
    throw new UserError('usage', 'nothing to explain: expected test/12, train/12, a picture, or F.npy#12')
  }
  const explained: ExplainedInput[] = []
  for (const input of inputs) explained.push(await explainOne(explainer, input, raw, choices))
  return explained
}

async function explainOne(
  explainer: Explainer,
  input: string,
  raw: boolean,
  choices: ExplainChoices,
): Promise<ExplainedInput> {
  const stored = /^(train|test)\/(.+)$/.exec(input)
  if (stored && !isFileName(input)) {
    const split = stored[1] as 'train' | 'test'
    const row = await storedRow(explainer, split, stored[2])
    const explanation = await explainer.explainStored(split, row, choices)
    return { explanation: { ...explanation, input }, picture: { split, row } }
  }
  const inArray = /^(.+)#(\d+)$/.exec(input)
  if (inArray) return explainRow(explainer, inArray[1], Number(inArray[2]), raw, { ...choices, input })
  if (/\.(npy|npz)$/i.test(input)) {
    throw new UserError('usage', `${input}: which row? expected ${input}#12`)
  }
  return explainPicture(explainer, input, choices)
}

const isFileName = (input: string): boolean => /\.(png|jpe?g|webp|tiff?|gif|bmp|npy|npz)(#\d+)?$/i.test(input)

/** A row by its number, else by the example's id. */
async function storedRow(explainer: Explainer, split: 'train' | 'test', name: string): Promise<number> {
  if (/^\d+$/.test(name)) return Number(name)
  const { ids } = await explainer.examplesOf(split)
  const row = ids.indexOf(name)
  if (row >= 0) return row
  throw new UserError(
    'not-found',
    `example not found: ${split}/${name}, expected a row, 0 to ${ids.length - 1}, or an id such as ${ids[0]}`,
  )
}

async function explainRow(
  explainer: Explainer,
  path: string,
  row: number,
  raw: boolean,
  { input, ...choices }: ExplainChoices & { input: string },
): Promise<ExplainedInput> {
  const array = await readArray(path, raw ? 'inputs' : 'features')
  const rows = array.shape[0] ?? 0
  if (row >= rows) throw new UserError('not-found', `row not found: ${input}, expected 0 to ${rows - 1}`)
  if (!raw) {
    const features = rowOf(toMatrix(array, path), row)
    return { explanation: explainer.explain(features, choices, { input }), picture: null }
  }
  const size = array.data.length / rows
  const item = array.data.subarray(row * size, (row + 1) * size)
  const pixels =
    array.dtype === 'uint8' ? (item as Uint8Array) : Float32Array.from(item as ArrayLike<number>, Number)
  return {
    explanation: await explainer.explainInput(pixels, choices, { input }),
    picture: pictureOf(array, row),
  }
}

async function explainPicture(
  explainer: Explainer,
  path: string,
  choices: ExplainChoices,
): Promise<ExplainedInput> {
  const picture = await decodeImage(path)
  const { itemShape } = await explainer.network()
  const pixels = asTraining(picture, itemShape, path)
  return {
    explanation: await explainer.explainInput(pixels.data as Uint8Array, choices, { input: path }),
    picture: pictureOf(pixels, 0),
  }
}

/** A picture laid out as the training pictures were: their size, their channels, in their order. */
function asTraining(picture: Picture, itemShape: readonly number[], path: string): NdArray {
  const layout = pictureLayout(itemShape)
  if (!layout) {
    throw new UserError(
      'shape',
      `${path}: a picture, expected an input [${itemShape.join(', ')}], give it as an array`,
    )
  }
  const { height, width, channels, channelsFirst } = layout
  if (picture.height !== height || picture.width !== width) {
    throw new UserError(
      'shape',
      `${path}: ${picture.width} × ${picture.height} pixels, expected ${width} × ${height} as in training, resize it first`,
    )
  }
  const { data } = channels === 1 ? toGrey(picture) : toRgb(picture)
  if (!channelsFirst || channels === 1) return { dtype: 'uint8', shape: [1, ...itemShape], data }
  const planes = new Uint8Array(data.length)
  for (let ch = 0; ch < channels; ch++) {
    for (let p = 0; p < height * width; p++) planes[ch * height * width + p] = data[p * channels + ch]
  }
  return { dtype: 'uint8', shape: [1, ...itemShape], data: planes }
}
