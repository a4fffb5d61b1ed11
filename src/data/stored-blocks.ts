import { float16ToFloat32, narrowFloat16, widened } from '../math/float16.ts'
import type { HalfMatrix, Matrix } from '../math/matrix.ts'
import type { Dtype, FeatureRows, StoredMatrix } from '../math/rows.ts'
import { UserError } from '../user-error.ts'
import { expectFinite, placeOf } from './arrays.ts'

/** Numbers of a block that is read while rows are checked and converted. */
const BLOCK_NUMBERS = 2 ** 20

/** A block as it will be stored. Errors: UserError `value`, naming the first number that cannot be. */
type Convert<D extends Dtype> = (matrix: StoredMatrix, name: string, start: number) => StoredMatrix<D>

const CONVERT: { readonly [D in Dtype]: Convert<D> } = { float32: toSingles, float16: toHalves }

/**
 * The blocks of a matrix as they will be stored, each number checked: finite, and within the range of the type.
 * `name` is what messages call it, `width` how many numbers are read for a row. Errors: UserError `value`, naming the
 * first number that is neither.
 */
export async function* storedBlocks<D extends Dtype>(
  rows: FeatureRows,
  dtype: D,
  name: string,
  width = rows.cols,
): AsyncGenerator<StoredMatrix<D>> {
  const convert: Convert<D> = CONVERT[dtype]
  const size = Math.max(1, Math.floor(BLOCK_NUMBERS / width))
  for await (const { start, matrix } of rows.blocks(size)) yield convert(matrix, name, start)
}

function toSingles(matrix: StoredMatrix, name: string, start: number): Matrix<Float32Array> {
  const singles = widened(matrix)
  expectFinite(singles, name, start)
  return singles
}

function toHalves(matrix: StoredMatrix, name: string, start: number): HalfMatrix {
  const { rows, cols } = matrix
  if ('bits' in matrix) {
    expectFiniteHalves(matrix, name, start)
    return matrix
  }
  expectFinite(matrix, name, start)
  const bits = narrowFloat16(matrix.data)
  const beyond = firstInfinite(bits)
  if (beyond < 0) return { rows, cols, bits }
  throw new UserError(
    'value',
    `${name}: ${matrix.data[beyond]} at ${placeOf(beyond, cols, start)}, expected at most 65504 in size, which float16 ` +
      'holds, leave --dtype float16 out or scale the features down',
  )
}

function expectFiniteHalves({ bits, cols }: HalfMatrix, name: string, start: number): void {
  const at = firstInfinite(bits)
  if (at < 0) return
  const value = float16ToFloat32(bits[at])
  throw new UserError('value', `${name}: ${value} at ${placeOf(at, cols, start)}, expected finite numbers`)
}

/** Where halves, by their bits, are first infinite or NaN: those whose exponent is all ones; -1 where none is. */
function firstInfinite(bits: Uint16Array): number {
  for (let k = 0; k < bits.length; k++) if ((bits[k] & 0x7c00) === 0x7c00) return k
  return -1
}
