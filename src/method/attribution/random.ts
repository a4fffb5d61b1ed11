import { zeros } from '../../math/matrix.ts'
import { random } from '../../math/random.ts'
import type { Attribution } from './attribution.ts'

const BLOCK_ROWS = 4096
const MOST_POINTS = 256

/**
 * Uniform numbers in [−1, 1), what every method has to beat: the same for the same seed, training example and place
 * of the test point, whatever is asked beside it.
 *
 * @param n training examples
 */
export function randomAttribution(n: number, seed: number): Attribution {
  return {
    async *values(points) {
      for (let point = 0; point < points.length; point += MOST_POINTS) {
        const count = Math.min(MOST_POINTS, points.length - point)
        const streams = Array.from({ length: count }, (_, t) => random(seedOf(seed, point + t)))
        for (let start = 0; start < n; start += BLOCK_ROWS) {
          const values = zeros(Math.min(BLOCK_ROWS, n - start), count)
          for (let k = 0; k < values.data.length; k++) values.data[k] = 2 * streams[k % count]() - 1
          yield { start, point, values }
        }
      }
    },
    release: async () => undefined,
  }
}

/** One seed of two numbers, so that neighbouring points have streams that are nothing alike. */
function seedOf(seed: number, point: number): number {
  const next = random(seed)
  const own = Math.floor(next() * 2 ** 32)
  return own ^ Math.imul(point + 1, 0x9e3779b1)
}
