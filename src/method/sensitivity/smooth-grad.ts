import { type Matrix, zerosFloat32 } from '../../math/matrix.ts'
import { randomNormal } from '../../math/random.ts'

/** How maps are smoothed. */
export interface SmoothGrad {
  /** How many noisy inputs the mean is over */
  readonly samples: number
  /** The standard deviation of the noise, as a share of the input's range, largest minus smallest number */
  readonly noise: number
  readonly seed: number
}

/**
 * SmoothGrad (Smilkov et al. 2017), of every map alike:
 *
 *   map(v) = 1/N Σₛ (∂f / ∂w)ᵀ v  at  x + εₛ,   εₛ ~ N(0, σ²),   σ = noise · (max x − min x)
 *
 * The mean is linear in v as each of its terms is, so parts still add up to the whole. Noise follows from the seed
 * alone, and sums are in double precision in the order of the samples.
 *
 * @param mapsAt one map a row, at an input
 */
export async function smoothGrad(
  input: Float32Array,
  { samples, noise, seed }: SmoothGrad,
  mapsAt: (input: Float32Array) => Promise<Matrix<Float32Array>>,
): Promise<Matrix<Float32Array>> {
  const normal = randomNormal(seed)
  const sigma = noise * rangeOf(input)
  let sums = new Float64Array(0)
  let shape = { rows: 0, cols: 0 }
  for (let sample = 0; sample < samples; sample++) {
    const maps = await mapsAt(input.map(x => x + sigma * normal()))
    if (sample === 0) {
      shape = { rows: maps.rows, cols: maps.cols }
      sums = new Float64Array(maps.data.length)
    }
    for (let i = 0; i < sums.length; i++) sums[i] += maps.data[i]
  }
  const mean = zerosFloat32(shape.rows, shape.cols)
  for (let i = 0; i < sums.length; i++) mean.data[i] = sums[i] / samples
  return mean
}

function rangeOf(input: Float32Array): number {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const x of input) {
    least = Math.min(least, x)
    most = Math.max(most, x)
  }
  return most - least
}
