import fc from 'fast-check'
import { type Matrix, rowOf, zeros } from '../../src/math/matrix.ts'
import { random, randomNormal } from '../../src/math/random.ts'
import { alphaBlocks } from '../../src/method/fit/alpha.ts'
import type { Bias } from '../../src/method/head/head-graph.ts'
import type { Kernel } from '../../src/method/head/kernel.ts'
import type { Problem } from '../../src/method/head/problem.ts'
import { type Activation, activationOf } from '../../src/onnx/activation.ts'
import type { Runtime } from '../../src/runtime/runtime.ts'

/** Every activation, those with numbers in more than one form. */
export const ACTIVATIONS: readonly Activation[] = [
  'softmax',
  'sigmoid',
  'relu',
  'tanh',
  'identity',
  'softplus',
  'leaky-relu:0.01',
  'leaky-relu:2',
  'elu:1',
  'elu:0.3',
  'hard-sigmoid:0.2,0.5',
  'hard-sigmoid:1,-0.25',
  'clip:0,6',
  activationOf('clip', [-1, Number.POSITIVE_INFINITY]),
  activationOf('clip', [Number.NEGATIVE_INFINITY, 0.5]),
]

/** α of all examples at once [n, c]. */
export async function computeAlpha(
  runtime: Runtime,
  problem: Problem,
  theta: Matrix<Float64Array>,
): Promise<Matrix<Float32Array>> {
  const { rows, cols } = problem.targets
  const out = { rows, cols, data: new Float32Array(rows * cols) }
  for await (const { start, alpha } of alphaBlocks(runtime, problem, theta)) {
    out.data.set(alpha.data, start * cols)
  }
  return out
}

/** Standard normal numbers, the same for the same seed. */
export function normalMatrix(rows: number, cols: number, seed: number): Matrix<Float32Array> {
  const normal = randomNormal(seed)
  return { rows, cols, data: Float32Array.from({ length: rows * cols }, normal) }
}

export function normalTheta(rows: number, cols: number, seed: number): Matrix<Float64Array> {
  const normal = randomNormal(seed)
  return { rows, cols, data: Float64Array.from({ length: rows * cols }, normal) }
}

export function anyLabels(n: number, c: number, seed: number): Int32Array {
  const uniform = random(seed)
  return Int32Array.from({ length: n }, () => Math.floor(c * uniform()))
}

/** f̃: one row of features with the constant 1 behind it where the bias is a row of Θ. */
export function extended(features: Matrix, row: number, bias: Bias): Float64Array {
  const values = Array.from(rowOf(features, row))
  return Float64Array.from(bias === 'none' ? values : [...values, 1])
}

/** q of a kernel: one row of features, less their mean or with the constant 1 behind it. */
export function queried(features: Matrix, row: number, { constant, mean }: Kernel): Float64Array {
  const values = Array.from(rowOf(features, row), (x, a) => x - (mean?.[a] ?? 0))
  return Float64Array.from(constant ? [...values, 1] : values)
}

/** Qᵀ A [rows of q, c] by plain loops. */
export function kernelProduct(features: Matrix, a: Matrix, kernel: Kernel): Matrix<Float64Array> {
  const out = zeros(features.cols + Number(kernel.constant), a.cols)
  for (let i = 0; i < features.rows; i++) {
    queried(features, i, kernel).forEach((q, p) => {
      for (let j = 0; j < a.cols; j++) out.data[p * a.cols + j] += q * a.data[i * a.cols + j]
    })
  }
  return out
}

/** F̃ᵀ A [d (+1), c] by plain loops. */
export function transposedProduct(features: Matrix, a: Matrix, bias: Bias): Matrix<Float64Array> {
  const rows = features.cols + (bias === 'none' ? 0 : 1)
  const out = zeros(rows, a.cols)
  for (let i = 0; i < features.rows; i++) {
    extended(features, i, bias).forEach((f, p) => {
      for (let j = 0; j < a.cols; j++) out.data[p * a.cols + j] += f * a.data[i * a.cols + j]
    })
  }
  return out
}

/** F̃ M [n, c] by plain loops. */
export function preActivation(features: Matrix, m: Matrix, bias: Bias): Matrix<Float64Array> {
  const out = zeros(features.rows, m.cols)
  for (let i = 0; i < features.rows; i++) {
    extended(features, i, bias).forEach((f, p) => {
      for (let j = 0; j < m.cols; j++) out.data[i * m.cols + j] += f * m.data[p * m.cols + j]
    })
  }
  return out
}

export function map<T extends Matrix>(matrix: T, change: (x: number) => number): T {
  return { ...matrix, data: matrix.data.map(change) }
}

/** A head that was not fitted, and a query to explain by it. */
export interface SearchProblem {
  readonly features: Matrix<Float32Array>
  readonly alpha: Matrix<Float32Array>
  readonly query: number[]
  readonly classes: Int32Array
  readonly kernel: Kernel
}

const quarters = (min: number, max: number) => fc.integer({ min: 4 * min, max: 4 * max }).map(x => x / 4)

/** Numbers of one kind: quantised, so that there are ties and zeros; or any float32, however large or small. */
const kindsOfNumber: fc.Arbitrary<{ feature: fc.Arbitrary<number>; query: fc.Arbitrary<number> }> =
  fc.constantFrom(
    { feature: quarters(0, 1), query: quarters(0, 1) },
    { feature: quarters(-1, 1), query: quarters(-1, 1) },
    { feature: quarters(0, 1), query: quarters(-1, 1) },
    { feature: quarters(-1, 1), query: quarters(0, 1) },
    { feature: fc.constant(0), query: quarters(-1, 1) },
    {
      feature: fc.float({ noNaN: true, min: 0, noDefaultInfinity: true }),
      query: fc.float({ noNaN: true, min: 0, noDefaultInfinity: true }),
    },
    {
      feature: fc.float({ noNaN: true, noDefaultInfinity: true }),
      query: fc.float({ noNaN: true, noDefaultInfinity: true }),
    },
    {
      feature: fc.float({ noNaN: true, min: -2, max: 2 }),
      query: fc.float({ noNaN: true, min: -2, max: 2 }),
    },
  )

const kindsOfAlpha: fc.Arbitrary<fc.Arbitrary<number>> = fc.constantFrom(
  quarters(-1, 1),
  quarters(0, 1),
  fc.constantFrom(0, 0, 0, 0.5, -0.5),
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  fc.float({ noNaN: true, min: -4, max: 4 }),
)

/** Rows are repeated now and then, so that whole examples tie. */
export const anySearchProblem: fc.Arbitrary<SearchProblem> = fc
  .record({
    n: fc.nat(40),
    d: fc.integer({ min: 1, max: 4 }),
    c: fc.constantFrom(2, 5),
    numbers: kindsOfNumber,
    alphaKind: kindsOfAlpha,
    kernelKind: fc.constantFrom('constant', 'plain', 'centred'),
  })
  .chain(({ n, d, c, numbers, alphaKind, kernelKind }) => {
    const arrayOf = (of: fc.Arbitrary<number>, length: number) =>
      fc.array(of, { minLength: length, maxLength: length })
    const rows = fc.array(fc.tuple(arrayOf(numbers.feature, d), arrayOf(alphaKind, c)), {
      minLength: 1,
      maxLength: 40,
      size: 'max',
    })
    return fc
      .record({
        rows,
        order: arrayOf(fc.nat(1000), n),
        query: arrayOf(numbers.query, d),
        classes: arrayOf(fc.nat(c - 1), n),
        mean: kernelKind === 'centred' ? arrayOf(quarters(-1, 1), d) : fc.constant(null),
      })
      .map(({ rows, order, query, classes, mean }) => {
        const examples = order.map(at => rows[at % rows.length])
        return {
          features: { rows: n, cols: d, data: Float32Array.from(examples.flatMap(([f]) => f)) },
          alpha: { rows: n, cols: c, data: Float32Array.from(examples.flatMap(([, a]) => a)) },
          query,
          classes: Int32Array.from(classes),
          kernel: { d, constant: kernelKind === 'constant', mean: mean && Float64Array.from(mean) },
        }
      })
  })
