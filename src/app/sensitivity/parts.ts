import type { Matrix } from '../../math/matrix.ts'
import { rowOf, zerosFloat32 } from '../../math/matrix.ts'
import type { Explainer } from '../explainer/explainer.ts'
import type { Entry } from '../explainer/explanation.ts'
import type { HeadGradient } from '../explainer/head-gradient.ts'

/** What the network's features are multiplied with for each map, one row each [k, d]. */
export interface Seeds {
  readonly whole: Float32Array
  readonly given: Float32Array | null
  /** α_ij (f_i − μ) of each example */
  readonly parts: readonly Float32Array[]
  /** What all other examples and the residual come to */
  readonly rest: Float32Array
}

/** Takes the gradient of a logit by the features apart over training examples. */
export async function seedsOf(
  explainer: Explainer,
  { fitted, given, mean }: HeadGradient,
  entries: readonly Entry[],
): Promise<Seeds> {
  const rest = fitted.slice()
  const parts: Float32Array[] = []
  for (const { row, alpha } of entries) {
    const { features } = await explainer.stored('train', row)
    const part = features.map((x, a) => alpha * (x - (mean?.[a] ?? 0)))
    // Of what the part is once it is rounded, so that nothing is lost between the two.
    for (let a = 0; a < part.length; a++) rest[a] -= part[a]
    parts.push(part)
  }
  return {
    whole: Float32Array.from(fitted),
    given: given && Float32Array.from(given),
    parts,
    rest: Float32Array.from(rest),
  }
}

/** Maps in the order whole, rest, parts, given. */
export interface Maps {
  readonly whole: Float32Array
  readonly rest: Float32Array
  readonly parts: readonly Float32Array[]
  readonly given: Float32Array | null
}

export async function mapsOf(
  { whole, rest, parts, given }: Seeds,
  makeMaps: (seeds: Matrix<Float32Array>) => Promise<Matrix<Float32Array>>,
): Promise<Maps> {
  const rows = [whole, rest, ...parts, ...(given ? [given] : [])]
  const seeds = zerosFloat32(rows.length, whole.length)
  for (const [k, row] of rows.entries()) rowOf(seeds, k).set(row)
  const maps = await makeMaps(seeds)
  return {
    whole: rowOf(maps, 0),
    rest: rowOf(maps, 1),
    parts: parts.map((_, k) => rowOf(maps, 2 + k)),
    given: given && rowOf(maps, 2 + parts.length),
  }
}

/** ⟨part, whole⟩ / ‖whole‖²: these add up to 1. null where the whole map is zero. */
export function shareOf(part: Float32Array, whole: Float32Array): number | null {
  const square = dot(whole, whole)
  return square === 0 ? null : dot(part, whole) / square
}

/** The cosine between two maps; null where one is zero. */
export function cosineOf(a: Float32Array, b: Float32Array): number | null {
  const size = Math.sqrt(dot(a, a)) * Math.sqrt(dot(b, b))
  return size === 0 ? null : dot(a, b) / size
}

export const normOf = (map: Float32Array): number => Math.sqrt(dot(map, map))

/** By how much parts and rest together miss the whole map at most, relative to the largest number in any of them. */
export function missing({ whole, rest, parts }: Maps): number {
  let largest = 0
  let off = 0
  for (let i = 0; i < whole.length; i++) {
    let sum = 0
    for (const part of [rest, ...parts]) {
      sum += part[i]
      largest = Math.max(largest, Math.abs(part[i]))
    }
    off = Math.max(off, Math.abs(sum - whole[i]))
  }
  return off === 0 ? 0 : off / largest
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}
