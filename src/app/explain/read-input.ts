import { pictureOf } from '../../data/pictures.ts'
import { readArray } from '../../data/read-array.ts'
import type { TableChoice } from '../../data/table-roles.ts'
import { decodeImage, decodeImageBytes } from '../../formats/images.node.ts'
import type { NdArray } from '../../formats/ndarray.ts'
import type { Picture } from '../../formats/picture.ts'
import { UserError } from '../../user-error.ts'
import type { Explainer } from '../explainer/explainer.ts'
import type { InputKind, NetworkInput } from '../explainer/network.ts'
import { isArrayName } from './input-names.ts'
import { pictureInput } from './picture-input.ts'

/** What a network is given, and how it is shown; null where it is no picture. */
export interface ReadInput {
  readonly pixels: NetworkInput
  readonly kind: InputKind
  readonly picture: Picture | null
}

/** Reads an input of the network: row 12 of an array or table, `X.npy#12`, or a picture. */
export async function readInput(explainer: Explainer, input: string): Promise<ReadInput> {
  const [, path, row] = /^(.+)#(\d+)$/.exec(input) ?? []
  if (path !== undefined && row !== undefined) return readRow(explainer, path, Number(row))
  expectNoArray(input)
  const picture = await decodeImage(input).catch(error => {
    if (!(error instanceof UserError) || error.code !== 'not-found') throw error
    const message = `${input}: no such file, expected test/12, train/12, a picture or F.npy#12`
    throw new UserError('not-found', message, { cause: error })
  })
  return ofPicture(explainer, picture, input)
}

/** The content of a picture file as an input. `name` is what messages call it. */
export async function decodeInput(
  explainer: Explainer,
  content: Uint8Array,
  name: string,
): Promise<ReadInput> {
  return ofPicture(explainer, await decodeImageBytes(content, name), name)
}

function ofPicture(explainer: Explainer, picture: Picture, name: string): ReadInput {
  const { pixels, shown } = pictureInput(explainer, picture, name)
  return { pixels, kind: 'as-training', picture: shown }
}

async function readRow(explainer: Explainer, path: string, row: number): Promise<ReadInput> {
  const array = await readArray(path, 'inputs', tableChoice(explainer))
  expectRow(path, row, array.shape[0] ?? 0)
  // Numbers other than bytes beside training data of bytes were pre-processed by whoever saved them.
  const kind = explainer.trainedOn('uint8') && array.dtype !== 'uint8' ? 'ready' : 'as-training'
  return { pixels: rowOfArray(array, row), kind, picture: pictureOf(array, row) }
}

/** One row of an array of inputs. */
export function rowOfArray({ shape, data, dtype }: NdArray, row: number): NetworkInput {
  const size = data.length / shape[0]
  const item = data.subarray(row * size, (row + 1) * size)
  return dtype === 'uint8' ? (item as Uint8Array) : Float32Array.from(item as ArrayLike<number>, Number)
}

/** Errors: UserError on an array of which no row is named. */
function expectNoArray(input: string): void {
  const array = isArrayName.exec(input)?.[1]
  if (array !== undefined) throw new UserError('usage', `${input}: which row? expected ${array}#12`)
}

/** Columns of further tables are those of the training table, wherever they stand. */
export function tableChoice({ manifest }: Explainer): TableChoice {
  const { train } = manifest.sources
  if (train?.kind !== 'table') return {}
  const { columns, label, id } = train
  return { columns, ...(label !== null && { labelColumn: label }), ...(id !== null && { idColumn: id }) }
}

export function expectRow(path: string, row: number, rows: number): void {
  if (row < rows) return
  throw new UserError('not-found', `row not found: ${path}#${row}, expected 0 to ${rows - 1}`)
}
