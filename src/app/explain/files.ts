import { toMatrix } from '../../data/arrays.ts'
import { pictureOf } from '../../data/pictures.ts'
import { openArrays, readArray } from '../../data/read-array.ts'
import type { TableChoice } from '../../data/table-roles.ts'
import { decodeImage } from '../../formats/images.node.ts'
import { rowOf } from '../../math/matrix.ts'
import { UserError } from '../../user-error.ts'
import type { Explainer } from '../explainer/explainer.ts'
import type { ExplainChoices, ExplainedInput } from '../explainer/explanation.ts'
import { isArrayName } from './input-names.ts'
import { pictureInput } from './picture-input.ts'

/** Explains a row of an array or table, `F.npy#12`, or a picture. */
export async function explainFile(
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
  const { pixels, shown } = pictureInput(explainer, picture, path)
  return { explanation: await explainer.explainInput(pixels, choices, { input: path }), picture: shown }
}
