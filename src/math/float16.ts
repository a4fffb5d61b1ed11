import type { HalfMatrix, Matrix } from './matrix.ts'

/*
 * IEEE 754 half and brain precision.
 *
 *   float16   1 sign, 5 exponent, 10 fraction bits, bias 15
 *   bfloat16  the upper half of a float32
 */

const float = new Float32Array(1)
const bits = new Uint32Array(float.buffer)

/** Every half is one of 65536, so a table read beats arithmetic; 256 KiB, made on first use. */
let table: Float32Array | undefined

function float16Table(): Float32Array {
  table ??= Float32Array.from({ length: 1 << 16 }, (_, half) => float16ToFloat32(half))
  return table
}

/** The value of one half given by its 16 bits. */
export function float16ToFloat32(half: number): number {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >> 10) & 0x1f
  const fraction = half & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return sign * (1024 + fraction) * 2 ** (exponent - 25)
}

/** The 16 bits of the half nearest to `value`, ties to the even one; 65520 and more become infinite. */
export function float32ToFloat16(value: number): number {
  float[0] = value
  const word = bits[0]
  const sign = (word >>> 16) & 0x8000
  const magnitude = word & 0x7fffffff
  if (magnitude > 0x7f800000) return sign | 0x7e00
  if (magnitude >= 0x47800000) return sign | 0x7c00
  if (magnitude < 0x38800000) {
    // Subnormal halves are multiples of 2⁻²⁴; adding 1/2 leaves them in the last bits, rounded by the FPU.
    float[0] = Math.abs(float[0]) + 0.5
    return sign | (bits[0] - 0x3f000000)
  }
  const odd = (magnitude >>> 13) & 1
  return sign | ((magnitude - 0x38000000 + 0xfff + odd) >>> 13)
}

/** Widens halves, given by their bits, exactly. */
export function widenFloat16(halves: Uint16Array): Float32Array {
  const values = float16Table()
  const wide = new Float32Array(halves.length)
  for (let i = 0; i < halves.length; i++) wide[i] = values[halves[i]]
  return wide
}

/** A matrix of halves or of wider numbers in single precision; exact, and not a copy where it is so already. */
export function widened(matrix: Matrix<Float32Array> | HalfMatrix): Matrix<Float32Array> {
  if (!('bits' in matrix)) return matrix
  return { rows: matrix.rows, cols: matrix.cols, data: widenFloat16(matrix.bits) }
}

/** Narrows to halves, given by their bits, rounding to nearest even. */
export function narrowFloat16(values: ArrayLike<number>): Uint16Array {
  const halves = new Uint16Array(values.length)
  for (let i = 0; i < values.length; i++) halves[i] = float32ToFloat16(values[i])
  return halves
}

/** Widens bfloat16, given by its bits, exactly. */
export function widenBfloat16(halves: Uint16Array): Float32Array {
  const wide = new Uint32Array(halves.length)
  for (let i = 0; i < halves.length; i++) wide[i] = halves[i] << 16
  return new Float32Array(wide.buffer)
}
