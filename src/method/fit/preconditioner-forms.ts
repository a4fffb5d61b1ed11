import type { FloatArray, Matrix } from '../../math/matrix.ts'
import { GraphBuilder, type Value } from '../../onnx/builder.ts'
import { matrixTensor, type Runtime, type Tensor } from '../../runtime/runtime.ts'
import type { Problem } from '../head/problem.ts'
import { slopesOf, softmaxHessian, withGram } from './hessian.ts'
import { withInversion } from './inverse.ts'
import { overRows, rowsBySize } from './sample.ts'

type Doubles = Matrix<Float64Array>

/** P⁻¹ of a P that is near the Hessian: it undoes what makes a problem ill-conditioned, and moves no optimum. */
export interface Preconditioner {
  /** P⁻¹g for g [d (+1), c], row-major */
  apply(gradient: Float64Array): Promise<Float64Array>
  release(): Promise<void>
}

/**
 * Makes P at Θ [d (+1), c] of about so many examples; null where it is not positive definite. They are those that
 * curve most: where the head is sure of nearly all, few make up the Hessian.
 */
export async function makeHessian(
  runtime: Runtime,
  problem: Problem,
  theta: Doubles,
  examples: number,
): Promise<Preconditioner | null> {
  const { rows, weights } = rowsBySize((await slopesOf(runtime, problem, theta)).data, examples)
  const sample = await overRows(problem, rows)
  const hessian = regularised(await softmaxHessian(runtime, sample, theta, weights), problem)
  const inverse = await withInversion(runtime, invert => invert(hessian))
  if (!inverse) return null
  const row = (g: GraphBuilder, gradient: Value): Value => g.op('Reshape', [gradient, g.integers([1, 1, -1])])
  return applied(runtime, theta, inverseTensor(inverse.data, inverse.rows), (g, gradient, inverse) =>
    g.op('Reshape', [g.op('MatMul', [row(g, gradient), inverse]), g.integers([theta.rows, theta.cols])]),
  )
}

/** Makes P of a sample at Θ [d (+1), c]; null where it is not positive definite. */
export async function makeGram(
  runtime: Runtime,
  sample: Problem,
  theta: Doubles,
): Promise<Preconditioner | null> {
  const curvature = meanOf((await slopesOf(runtime, sample, theta)).data)
  const weights = new Float32Array(sample.features.rows).fill(curvature)
  const gram = regularised(await withGram(runtime, sample, gramOf => gramOf(weights)), sample)
  const inverse = await withInversion(runtime, invert => invert(gram))
  return (
    inverse &&
    applied(runtime, theta, inverseTensor(inverse.data, inverse.rows), (g, gradient, inverse) =>
      g.op('MatMul', [inverse, gradient]),
    )
  )
}

/** A curvature of 0 at Θ need not stay so: each example counts at least with this share of the mean one. */
const LEAST_SHARE = 1e-4

export async function makeOutputs(
  runtime: Runtime,
  sample: Problem,
  theta: Doubles,
): Promise<Preconditioner | null> {
  const { cols: c } = theta
  const slopes = await slopesOf(runtime, sample, theta)
  const least = LEAST_SHARE * meanOf(slopes.data)
  const inverses = new Float32Array(c * theta.rows ** 2)
  const areMade = await withGram(runtime, sample, gramOf =>
    withInversion(runtime, async invert => {
      for (let j = 0; j < c; j++) {
        const ofOutput = Float32Array.from({ length: slopes.rows }, (_, i) => slopes.data[i * c + j] + least)
        const inverse = await invert(regularised(await gramOf(ofOutput), sample))
        if (!inverse) return false
        inverses.set(inverse.data, j * theta.rows ** 2)
      }
      return true
    }),
  )
  if (!areMade) return null
  return applied(runtime, theta, inverseTensor(inverses, theta.rows), (g, gradient, inverse) => {
    const rows = g.op('Reshape', [transposed(g, gradient), g.integers([c, 1, theta.rows])])
    return transposed(g, g.op('Reshape', [g.op('MatMul', [rows, inverse]), g.integers([c, theta.rows])]))
  })
}

export async function makeDiagonal(
  runtime: Runtime,
  sample: Problem,
  theta: Doubles,
): Promise<Preconditioner> {
  const { features, lambda } = sample
  const { rows, cols: c } = theta
  const [mean, square] = [new Float64Array(rows), new Float64Array(rows)]
  // Of the constant feature
  mean[rows - 1] = square[rows - 1] = 1
  const { data } = await features.fetch(Uint32Array.from({ length: features.rows }, (_, i) => i))
  for (let a = 0; a < features.cols; a++) {
    let [first, second] = [0, 0]
    for (let k = a; k < data.length; k += features.cols) {
      first += data[k]
      second += data[k] * data[k]
    }
    mean[a] = first / features.rows
    square[a] = second / features.rows
  }
  const s = meanOf((await slopesOf(runtime, sample, theta)).data)
  const inverse = square.map((x, a) => 1 / (s * Math.max(x - mean[a] ** 2, 0) + 2 * lambda))
  // Sherman and Morrison: of D + s μμᵀ.
  const along = inverse.map((x, a) => x * mean[a])
  const share = s / (1 + s * along.reduce((sum, x, a) => sum + x * mean[a], 0))
  return {
    async apply(gradient) {
      const out = gradient.slice()
      for (let j = 0; j < c; j++) {
        let product = 0
        for (let a = 0; a < rows; a++) product += along[a] * gradient[a * c + j]
        for (let a = 0; a < rows; a++) {
          out[a * c + j] = inverse[a] * gradient[a * c + j] - share * product * along[a]
        }
      }
      return out
    },
    release: async () => undefined,
  }
}

const meanOf = (values: Float32Array): number => values.reduce((sum, x) => sum + x, 0) / values.length

/** H + 2λI. A free bias gets it too: its Hessian alone does not see a constant added to all outputs. */
function regularised(hessian: Doubles, { lambda }: Problem): Doubles {
  for (let i = 0; i < hessian.rows; i++) hessian.data[i * hessian.cols + i] += 2 * lambda
  return hessian
}

const transposed = (g: GraphBuilder, matrix: Value): Value => g.op('Transpose', [matrix], { perm: [1, 0] })

/** Inverses one after another, in single precision: P need not be the Hessian to the last digit. */
function inverseTensor(inverses: FloatArray, size: number): Tensor {
  const data = inverses instanceof Float32Array ? inverses : new Float32Array(inverses)
  return { type: 'float32', dims: [data.length / size ** 2, size, size], data }
}

/** Products with inverses [count, size, size]. */
async function applied(
  runtime: Runtime,
  { rows, cols }: Doubles,
  inverses: Tensor,
  product: (g: GraphBuilder, gradient: Value, inverse: Value) => Value,
): Promise<Preconditioner> {
  const g = new GraphBuilder('preconditioner')
  const gradient = g.cast(g.input('gradient', 'float64', [rows, cols]), 'float32')
  const inverse = g.input('inverse', 'float32', inverses.dims)
  g.output('preconditioned', g.cast(product(g, gradient, inverse), 'float64'))
  const session = await runtime.load(g.build())
  return {
    async apply(gradient) {
      const inputs = { gradient: matrixTensor({ rows, cols, data: gradient }), inverse: inverses }
      const { preconditioned } = await session.run(inputs, ['preconditioned'])
      return preconditioned.data as Float64Array
    },
    release: () => session.release(),
  }
}
