import { argmax, zeros } from '../../math/matrix.ts'
import type { Attribution, ValueBlock } from './attribution.ts'

/** Numbers of similarities that are held at once: of at least one test point with all training examples. */
const HELD_NUMBERS = 2 ** 22

/** How many neighbours vote, unless told. */
const DEFAULT_NEIGHBOURS = 5

export interface KnnShapleyOptions {
  /** What neighbours are near by: values for all pairs, larger is nearer */
  readonly similarity: Attribution
  /** The class of each training example [n] */
  readonly classes: Int32Array
  readonly neighbours?: number
}

/**
 * The Shapley value of each training example for the vote of the K nearest neighbours of a test point, for its class
 * y (Jia et al. 2019, theorem 1): with the examples by decreasing similarity,
 *
 *   sₙ = 1[yₙ = y]/n,   sᵢ = sᵢ₊₁ + (1[yᵢ = y] − 1[yᵢ₊₁ = y])/K · min(K, i)/i
 *
 * which add up to the share of the K neighbours with class y. Its class is the output that is explained unless a
 * target is given. Ties go to the smaller row; K is at most n.
 */
export function knnShapley({
  similarity,
  classes,
  neighbours = DEFAULT_NEIGHBOURS,
}: KnnShapleyOptions): Attribution {
  const n = classes.length
  const k = Math.min(neighbours, n)
  const most = Math.max(1, Math.floor(HELD_NUMBERS / n))
  return {
    async *values(points) {
      for (let point = 0; point < points.length; point += most) {
        const some = points.slice(point, point + most)
        const values = zeros(n, some.length)
        for await (const block of similarity.values(some)) place(block, values.data, some.length)
        for (const [t, { output, target }] of some.entries()) {
          shapleyColumn(values.data, t, some.length, classes, target ? argmax(target) : output, k)
        }
        yield { start: 0, point, values }
      }
    },
    release: () => similarity.release(),
  }
}

/** Copies a block to where it stands among [n, points]. */
function place(
  { start, point, values: { rows, cols, data } }: ValueBlock,
  all: Float64Array,
  points: number,
) {
  for (let i = 0; i < rows; i++) {
    all.set(data.subarray(i * cols, (i + 1) * cols), (start + i) * points + point)
  }
}

/** Writes the values of one test point over its similarities. */
function shapleyColumn(
  data: Float64Array,
  t: number,
  points: number,
  classes: Int32Array,
  wanted: number,
  k: number,
): void {
  const n = classes.length
  const similarity = (row: number) => data[row * points + t]
  const order = Array.from({ length: n }, (_, row) => row).sort(
    (a, b) => similarity(b) - similarity(a) || a - b,
  )
  const agrees = (place: number) => Number(classes[order[place]] === wanted)
  const values = new Float64Array(n)
  values[n - 1] = agrees(n - 1) / n
  for (let i = n - 1; i >= 1; i--) {
    values[i - 1] = values[i] + ((agrees(i - 1) - agrees(i)) / k) * (Math.min(k, i) / i)
  }
  for (let place = 0; place < n; place++) data[order[place] * points + t] = values[place]
}
