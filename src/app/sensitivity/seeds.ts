import { type Matrix, rowOf, zerosFloat32 } from '../../math/matrix.ts'
import type { ChosenOutput } from '../explainer/chosen-output.ts'
import type { Explainer } from '../explainer/explainer.ts'

/**
 * Of a map, or of what the features are multiplied with for one: the whole is the sum of the parts and the rest,
 * less the overlap.
 */
export interface Decomposed {
  readonly whole: Float32Array
  /** Of the given head; null where it is not known */
  readonly given: Float32Array | null
  /** Of the training examples of each part */
  readonly parts: readonly Float32Array[]
  /** Of training examples that are in several parts, once for each part beyond the first; null where there are none */
  readonly overlap: Float32Array | null
  /** Of the training examples that are in no part, and of the residual */
  readonly rest: Float32Array
}

/** What is taken apart, and what each part comes to. */
export interface SeedsAndValues {
  readonly seeds: Decomposed
  /** The sum of the representer values of each part, in logits */
  readonly values: readonly number[]
}

/**
 * Takes the gradient of a logit by the features apart over training examples: part p is Σ α_ij (f_i − μ) over its
 * rows, so that each part, however many examples it has, is one vector-Jacobian product.
 *
 * @param features of what is explained [d]
 */
export function seedsOf(
  explainer: Explainer,
  chosen: ChosenOutput,
  features: Float32Array,
  parts: readonly (readonly number[])[],
): SeedsAndValues {
  const { fitted, given, shareOf } = explainer.gradientOf(chosen)
  const shares = parts.map(rows => shareOf(rows, features))
  const seeds = shares.map(({ gradient }) => Float32Array.from(gradient))
  const again = overlapOf(parts)
  const overlap = again.length > 0 ? Float32Array.from(shareOf(again, features).gradient) : null
  const rest = fitted.slice()
  for (let a = 0; a < rest.length; a++) {
    // Of what the parts are once they are rounded, so that nothing is lost between the two.
    for (const seed of seeds) rest[a] -= seed[a]
    if (overlap) rest[a] += overlap[a]
  }
  return {
    seeds: {
      whole: Float32Array.from(fitted),
      given: given && Float32Array.from(given),
      parts: seeds,
      overlap,
      rest: Float32Array.from(rest),
    },
    values: shares.map(({ value }) => value),
  }
}

/** Rows that are in several parts, as often as they are in one beyond the first. */
function overlapOf(parts: readonly (readonly number[])[]): number[] {
  const seen = new Set<number>()
  const again: number[] = []
  for (const row of parts.flat()) {
    if (seen.has(row)) again.push(row)
    seen.add(row)
  }
  return again
}

/** Makes a map of each seed, all of them together. */
export async function mapsOf(
  { whole, rest, overlap, given, parts }: Decomposed,
  makeMaps: (seeds: Matrix<Float32Array>) => Promise<Matrix<Float32Array>>,
): Promise<Decomposed> {
  const maps = await makeMaps(matrixOf([whole, rest, overlap, given, ...parts].filter(seed => seed !== null)))
  let next = 0
  const take = () => rowOf(maps, next++)
  return {
    whole: take(),
    rest: take(),
    overlap: overlap && take(),
    given: given && take(),
    parts: parts.map(take),
  }
}

function matrixOf(rows: readonly Float32Array[]): Matrix<Float32Array> {
  const matrix = zerosFloat32(rows.length, rows[0].length)
  for (const [k, row] of rows.entries()) rowOf(matrix, k).set(row)
  return matrix
}

/** All maps of these, or all seeds. */
export const allOf = ({ whole, rest, overlap, given, parts }: Decomposed): Float32Array[] =>
  [whole, rest, overlap, given, ...parts].filter(map => map !== null)
