import type { Picture } from '../formats/picture.ts'
import type { Matrix } from '../math/matrix.ts'
import type { Rows } from '../math/rows.ts'
import { UserError } from '../user-error.ts'
import type { Labels } from './labels.ts'
import { type PicturePreprocess, preparePicture } from './picture-preprocess.ts'
import { preprocessedRows } from './preprocess.ts'
import type { Source } from './source.ts'

/** Examples that are pictures in files of any size, read when they are needed. */
export interface PictureDataset extends Labels {
  readonly kind: 'pictures'
  /** The path as the user gave it. */
  readonly name: string
  readonly count: number
  /** Where each example has a name of its own. */
  readonly ids: readonly string[] | null
  readonly source: Source
  /** Where each example stands, below the path of `source`. */
  readonly paths: readonly string[]
  /** Decodes one. Errors: UserError where it cannot be read. */
  picture(row: number): Promise<Picture>
}

/** A picture that could not be read. */
export interface SkippedPicture {
  readonly row: number
  readonly path: string
  readonly reason: string
}

/** How many pictures are decoded at once: as many as sharp decodes. */
const AT_ONCE = 4

/**
 * Pictures as inputs of a network [n, size of one], decoded block by block and one block ahead.
 *
 * @param onBad is told of a picture that cannot be read, whose numbers then are 0; without it, the first such
 * picture is an error
 */
export function pictureRows(
  { count, paths, picture }: PictureDataset,
  preprocess: PicturePreprocess,
  itemShape: readonly number[],
  onBad: ((skipped: SkippedPicture) => void) | null,
): Rows {
  const cols = itemShape.reduce((product, size) => product * size, 1)
  const read = async (wanted: readonly number[]): Promise<Matrix<Float32Array>> => {
    const bytes = new Uint8Array(wanted.length * cols)
    const bad: number[] = []
    await eachInTurn(wanted.length, async k => {
      const row = wanted[k]
      try {
        bytes.set(preparePicture(await picture(row), preprocess.picture, itemShape, paths[row]), k * cols)
      } catch (error) {
        if (!onBad || !(error instanceof UserError)) throw error
        bad.push(k)
        onBad({ row, path: paths[row], reason: error.message })
      }
    })
    const array = { dtype: 'uint8' as const, shape: [wanted.length, ...itemShape], data: bytes }
    const matrix = await preprocessedRows(array, preprocess, 'pictures').fetch(wanted.map((_, k) => k))
    for (const k of bad) matrix.data.fill(0, k * cols, (k + 1) * cols)
    return matrix
  }
  const block = (start: number, size: number): Promise<Matrix<Float32Array>> => {
    const reading = read(Array.from({ length: Math.min(size, count - start) }, (_, k) => start + k))
    // It may fail before anybody waits for it.
    reading.catch(() => {})
    return reading
  }
  return {
    rows: count,
    cols,
    dtype: 'float32',
    async *blocks(size, from = 0) {
      let next = block(from, size)
      for (let start = from; start < count; start += size) {
        const matrix = await next
        if (start + size < count) next = block(start + size, size)
        yield { start, matrix }
      }
    },
    fetch: wanted => read(Array.from(wanted)),
  }
}

/** Runs `work` on 0 … count − 1, a few at once; of several errors the one of the smallest index is thrown. */
async function eachInTurn(count: number, work: (k: number) => Promise<void>): Promise<void> {
  let next = 0
  const failed = new Map<number, unknown>()
  const worker = async () => {
    while (next < count && failed.size === 0) {
      const k = next++
      try {
        await work(k)
      } catch (error) {
        failed.set(k, error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count) }, worker))
  if (failed.size > 0) throw failed.get(Math.min(...failed.keys()))
}
