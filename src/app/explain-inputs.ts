import { toMatrix } from '../data/arrays.ts'
import { preparePicture } from '../data/picture-preprocess.ts'
import { pictureAs, pictureOf } from '../data/pictures.ts'
import { openArrays, readArray } from '../data/read-array.ts'
import { thumbnail } from '../data/shown-pictures.node.ts'
import type { TableChoice } from '../data/table-roles.ts'
import { decodeImage } from '../formats/images.node.ts'
import type { Picture } from '../formats/picture.ts'
import { rowOf } from '../math/matrix.ts'
import { UserError } from '../user-error.ts'
import type { Explainer } from './explainer.ts'
import type { ExplainChoices, Explanation } from './explanation.ts'

/** An explanation with the picture of what it explains, where there is one. */
export interface ExplainedInput {
  readonly explanation: Explanation
  /** null for features; for a stored example: where it is stored */
  readonly picture: Picture | { readonly split: SplitName; readonly row: number } | null
}

type SplitName = 'train' | 'test'

/** Explains inputs as the command line names them; see `ExplainOptions.inputs`. */
export async function explainInputs(
  explainer: Explainer,
  inputs: readonly string[],
  choices: ExplainChoices,
  { raw = false }: { raw?: boolean } = {},
): Promise<ExplainedInput[]> {
  expectInputs(inputs)
  const explained: ExplainedInput[] = []
  for (const input of inputs) {
    explained.push(
      (await explainStored(explainer, input, choices)) ?? (await explainFile(explainer, input, choices, raw)),
    )
  }
  return explained
}

/** Errors: UserError where nothing is named. */
export function expectInputs(inputs: readonly string[]): void {
  if (inputs.length > 0) return
  throw new UserError(
    'usage',
    'nothing to explain: expected test/12, train/12, a picture, F.npy#12, or --all-test',
  )
}

/** `train/…` or `test/…`: an example by its id, else by its row; null where it may be a file instead. */
async function explainStored(
  explainer: Explainer,
  input: string,
  choices: ExplainChoices,
): Promise<ExplainedInput | null> {
  const [, split, name] = /^(train|test)\/(.+)$/.exec(input) ?? []
  if (split !== 'train' && split !== 'test') return null
  if (isFileName(input) && split === 'test' && explainer.manifest.tests === 0) return null
  const { ids } = await explainer.examplesOf(split)
  const byId = Math.max(ids.indexOf(input), ids.indexOf(name))
  if (byId < 0 && isFileName(input)) return null
  if (byId < 0 && !/^\d+$/.test(name)) {
    throw new UserError(
      'not-found',
      `example not found: ${input}, expected a row, 0 to ${ids.length - 1}, or an id such as ${ids[0]}`,
    )
  }
  const row = byId < 0 ? Number(name) : byId
  const explanation = await explainer.explainStored(split, row, choices)
  return { explanation: { ...explanation, input }, picture: { split, row } }
}

const ARRAYS = 'npy|npz|safetensors|parquet|csv|jsonl|ndjson'
const isArrayName = new RegExp(`^(.+\\.(?:${ARRAYS}))(#.*)?$`, 'i')
const isFileName = (input: string): boolean =>
  /\.(png|jpe?g|webp|tiff?|gif|bmp)(#\d+)?$/i.test(input) || isArrayName.test(input)

async function explainFile(
  explainer: Explainer,
  input: string,
  choices: ExplainChoices,
  raw: boolean,
): Promise<ExplainedInput> {
  const [, path, row] = /^(.+)#(\d+)$/.exec(input) ?? []
  if (path !== undefined && row !== undefined) {
    return raw || (await isLikeTraining(explainer, path))
      ? explainRaw(explainer, path, Number(row), choices)
      : explainFeatures(explainer, path, Number(row), choices)
  }
  const array = isArrayName.exec(input)?.[1]
  if (array !== undefined) throw new UserError('usage', `${input}: which row? expected ${array}#12`)
  return explainPicture(explainer, input, choices)
}

/** Whether a file is a table as a network was given in training: then its columns are inputs, not features. */
async function isLikeTraining({ manifest }: Explainer, path: string): Promise<boolean> {
  if (manifest.network === null || manifest.sources.train?.kind !== 'table') return false
  return (await openArrays(path)).table !== null
}

async function explainFeatures(
  explainer: Explainer,
  path: string,
  row: number,
  choices: ExplainChoices,
): Promise<ExplainedInput> {
  const features = toMatrix(await readArray(path, 'features', tableChoice(explainer)), path)
  expectRow(path, row, features.rows)
  const explanation = explainer.explain(rowOf(features, row), choices, { input: `${path}#${row}` })
  return { explanation, picture: null }
}

async function explainRaw(
  explainer: Explainer,
  path: string,
  row: number,
  choices: ExplainChoices,
): Promise<ExplainedInput> {
  const array = await readArray(path, 'inputs', tableChoice(explainer))
  const rows = array.shape[0] ?? 0
  expectRow(path, row, rows)
  const size = array.data.length / rows
  const item = array.data.subarray(row * size, (row + 1) * size)
  const pixels =
    array.dtype === 'uint8' ? (item as Uint8Array) : Float32Array.from(item as ArrayLike<number>, Number)
  // Numbers other than bytes beside training data of bytes were pre-processed by whoever saved them.
  const kind = explainer.trainedOn('uint8') && array.dtype !== 'uint8' ? 'ready' : 'as-training'
  const input = `${path}#${row}`
  const { features, logits } = await explainer.runNetwork(pixels, input, kind)
  return {
    explanation: explainer.explain(features, choices, { input, givenLogits: logits }),
    picture: pictureOf(array, row),
  }
}

/** Columns of further tables are those of the training table, wherever they stand. */
function tableChoice({ manifest }: Explainer): TableChoice {
  const { train } = manifest.sources
  if (train?.kind !== 'table') return {}
  const { columns, label, id } = train
  return { columns, ...(label !== null && { labelColumn: label }), ...(id !== null && { idColumn: id }) }
}

function expectRow(path: string, row: number, rows: number): void {
  if (row < rows) return
  throw new UserError('not-found', `row not found: ${path}#${row}, expected 0 to ${rows - 1}`)
}

async function explainPicture(
  explainer: Explainer,
  path: string,
  choices: ExplainChoices,
): Promise<ExplainedInput> {
  const picture = await decodeImage(path).catch(error => {
    if (!(error instanceof UserError) || error.code !== 'not-found') throw error
    const message = `${path}: no such file, expected test/12, train/12, a picture or F.npy#12`
    throw new UserError('not-found', message, { cause: error })
  })
  const steps = explainer.manifest.network?.preprocess.picture
  if (steps) {
    const bytes = preparePicture(picture, steps, explainer.inputShape, path)
    const explanation = await explainer.explainInput(bytes, choices, { input: path })
    return { explanation, picture: thumbnail(picture) }
  }
  const pixels = pictureAs(picture, explainer.inputShape, path)
  const explanation = await explainer.explainInput(pixels.data as Uint8Array, choices, { input: path })
  return { explanation, picture: pictureOf(pixels, 0) }
}
