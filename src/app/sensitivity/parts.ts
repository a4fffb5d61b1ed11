import { dot, norm } from '../../math/matrix.ts'
import type { Decomposed } from './seeds.ts'

/** ⟨part, whole⟩ / ‖whole‖²: these add up to 1. null where the whole map is zero. */
export function shareOf(part: Float32Array, whole: Float32Array): number | null {
  const square = dot(whole, whole)
  return square === 0 ? null : dot(part, whole) / square
}

/** The cosine between two maps; null where one is zero. */
export function cosineOf(a: Float32Array, b: Float32Array): number | null {
  const size = norm(a) * norm(b)
  return size === 0 ? null : dot(a, b) / size
}

/** By how much the sum of the parts misses the whole map at most, relative to the largest number in any of them. */
export function missing({ whole, rest, overlap, parts }: Decomposed): number {
  let largest = 0
  let off = 0
  for (let i = 0; i < whole.length; i++) {
    const twice = overlap ? overlap[i] : 0
    let sum = -twice
    largest = Math.max(largest, Math.abs(twice))
    for (const part of [rest, ...parts]) {
      sum += part[i]
      largest = Math.max(largest, Math.abs(part[i]))
    }
    off = Math.max(off, Math.abs(sum - whole[i]))
  }
  return off === 0 ? 0 : off / largest
}
