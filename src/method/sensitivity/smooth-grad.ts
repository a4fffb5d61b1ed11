import { type Matrix, zerosFloat32 } from '../../math/matrix.ts'
import { randomNormal } from '../../math/random.ts'

/** How maps are smoothed. */
export interface SmoothGrad {
  /** How many noisy inputs the mean is over */
  readonly samples: number
  /** The standard deviation of the noise, as a share of the range of what it is added to, largest minus smallest */
  readonly noise: number
  readonly seed: number
}

/**
 * SmoothGrad (Smilkov et al. 2017), of every map alike:
 *
 *   map(v) = 1/N Σₛ (∂f / ∂w)ᵀ v  at  x + εₛ,   εₛ ~ N(0, σ²),   σ = noise · (max x − min x)
 *
 * with x the input, or what the embeddings of a text give, each with a σ of its own. The mean is linear in v as each
 * of its terms is, so parts still add up to the whole. Noise follows from the seed alone, and sums are in double
 * precision in the order of the samples.
 *
 * @param values what noise is added to
 * @param mapsAt one map a row, with this noise on each of the values
 */
export async function smoothGrad(
  values: readonly Float32Array[],
  { samples, noise, seed }: SmoothGrad,
  mapsAt: (noises: readonly Float64Array[]) => Promise<Matrix<Float32Array>>,
): Promise<Matrix<Float32Array>> {
  const normal = randomNormal(seed)
  const sigmas = values.map(value => noise * rangeOf(value))
  let sums = new Float64Array(0)
  let shape = { rows: 0, cols: 0 }
  for (let sample = 0; sample < samples; sample++) {
    const noises = values.map(({ length }, k) => Float64Array.from({ length }, () => sigmas[k] * normal()))
    const maps = await mapsAt(noises)
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

/** With noise on its numbers. */
export const withNoiseOn = (input: Float32Array, noise: Float64Array): Float32Array =>
  input.map((x, i) => x + noise[i])

function rangeOf(input: Float32Array): number {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const x of input) {
    least = Math.min(least, x)
    most = Math.max(most, x)
  }
  return most - least
}
