import type { Matrix } from '../math/matrix.ts'
import type { Rows } from '../math/rows.ts'
import { UserError } from '../user-error.ts'
import type { PictureDataset, SkippedPicture } from './picture-dataset.ts'
import { failureOf, type MadeInputs, type WantedPicture } from './picture-inputs.ts'
import { itemConverter, type Preprocess } from './preprocess.ts'

/** What decodes and resizes pictures. */
export interface PictureMaker {
  /** Inputs of a list of pictures, which is read when it can be worked on; lists begin in the order of calls. */
  makeInputs(read: () => Promise<readonly WantedPicture[]>): Promise<MadeInputs>
}

/** How pictures become rows of inputs. */
export interface PictureRowsOptions {
  readonly preprocess: Preprocess
  /** Sizes of one input */
  readonly itemShape: readonly number[]
  readonly workers: PictureMaker
  /**
   * Told of a picture that cannot be read, whose numbers then are 0; where it is null, the first such picture is
   * an error.
   */
  readonly onBad: ((skipped: SkippedPicture) => void) | null
}

/** Blocks that are made while the one before them is used: at 64 MiB each, no more than twice that. */
const AHEAD = 2

/** Bytes of inputs that are made at once, and how many pictures at most: some milliseconds of work. */
const LIST_BYTES = 2 ** 18
const LIST_PICTURES = 32

/** Pictures as inputs of a network [n, size of one], decoded as they are wanted and two blocks ahead. */
export function pictureRows(
  dataset: PictureDataset,
  { preprocess, itemShape, workers, onBad }: PictureRowsOptions,
): Rows {
  const { count } = dataset
  const cols = itemShape.reduce((product, size) => product * size, 1)
  const convert = itemConverter(preprocess, itemShape, 'pictures')
  const length = Math.max(1, Math.min(LIST_PICTURES, Math.floor(LIST_BYTES / cols)))

  const find = async (row: number): Promise<WantedPicture> => {
    try {
      return { file: await dataset.file(row), path: dataset.paths[row] }
    } catch (error) {
      return { failure: failureOf(error) }
    }
  }
  const readList = async (list: readonly number[], out: Float32Array): Promise<void> => {
    const { bytes, failures } = await workers.makeInputs(() => Promise.all(list.map(find)))
    for (const [k, row] of list.entries()) {
      const failure = failures.get(k)
      if (failure === undefined) convert(bytes, k * cols, out, k * cols)
      else if (onBad === null) throw new UserError(failure.code, failure.message)
      else onBad({ row, path: dataset.paths[row], reason: failure.message })
    }
  }
  const read = async (wanted: readonly number[]): Promise<Matrix<Float32Array>> => {
    const data = new Float32Array(wanted.length * cols)
    const lists: Promise<void>[] = []
    for (let at = 0; at < wanted.length; at += length) {
      lists.push(readList(wanted.slice(at, at + length), data.subarray(at * cols)))
    }
    // Of several failures the one of the first row counts.
    for (const list of lists) list.catch(() => undefined)
    for (const list of lists) await list
    return { rows: wanted.length, cols, data }
  }
  const block = (start: number, size: number): Promise<Matrix<Float32Array>> => {
    const reading = read(Array.from({ length: Math.min(size, count - start) }, (_, k) => start + k))
    // It may fail before anybody waits for it.
    reading.catch(() => undefined)
    return reading
  }
  return {
    rows: count,
    cols,
    dtype: 'float32',
    async *blocks(size, from = 0) {
      const reading: Promise<Matrix<Float32Array>>[] = []
      let next = from
      for (let start = from; start < count; start += size) {
        for (; reading.length <= AHEAD && next < count; next += size) reading.push(block(next, size))
        const matrix = await reading.shift()
        if (matrix) yield { start, matrix }
      }
    },
    fetch: wanted => read(Array.from(wanted)),
  }
}
