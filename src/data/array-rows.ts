import type { DType, NdArray } from '../formats/ndarray.ts'
import { type PlacedArray, readPart } from '../formats/placed-array.ts'
import { widened } from '../math/float16.ts'
import { type FeatureRows, memoryRows, type StoredMatrix } from '../math/rows.ts'
import type { ArrayFile, ArrayRole } from './array-file.ts'
import { expectMatrix, toFloat32 } from './arrays.ts'
import { readAhead } from './read-ahead.ts'

/** A matrix of a file as rows. They are not checked to be finite. */
export interface ArrayRows {
  readonly rows: FeatureRows
  /** How the file has its numbers: `rows` has halves as they are where it is read in parts, all others in single precision. */
  readonly dtype: DType
}

/**
 * The array for a role as rows: read in parts where it lies, whole where it cannot be. Errors: UserError where the
 * file has none, or it is no matrix.
 */
export async function openRows(file: ArrayFile, role: ArrayRole): Promise<ArrayRows> {
  const place = await file.place(role)
  return place ? placedRows(place, file.name) : wholeRows(await file.read(role), file.name)
}

/** As `openRows`, for an array that stands beside others; null where none does. */
export async function openRowsBeside(file: ArrayFile, role: ArrayRole): Promise<ArrayRows | null> {
  const place = await file.placeBeside(role)
  if (place) return placedRows(place, file.name)
  const array = await file.readBeside(role)
  return array && wholeRows(array, file.name)
}

function wholeRows(array: NdArray, name: string): ArrayRows {
  const [rows, cols] = expectMatrix(array.shape, name)
  return { rows: memoryRows({ rows, cols, data: toFloat32(array.data) }), dtype: array.dtype }
}

function placedRows(place: PlacedArray, name: string): ArrayRows {
  const [rows, cols] = expectMatrix(place.shape, name)
  const isHalf = place.type === 'float16'
  const part = async (start: number, count: number): Promise<StoredMatrix> => {
    const data = await readPart(place, start * cols, count * cols)
    if (isHalf) return { rows: count, cols, bits: data as Uint16Array }
    return { rows: count, cols, data: toFloat32(data) }
  }
  return {
    dtype: place.type === 'bfloat16' ? 'float32' : place.type,
    rows: {
      rows,
      cols,
      dtype: isHalf ? 'float16' : 'float32',
      blocks: (size, from = 0) => readAhead(rows, size, from, part),
      async fetch(wanted) {
        const data = new Float32Array(wanted.length * cols)
        for (let k = 0; k < wanted.length; k++) data.set(widened(await part(wanted[k], 1)).data, k * cols)
        return { rows: wanted.length, cols, data }
      },
    },
  }
}
