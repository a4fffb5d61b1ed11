import type { Matrix } from '../../math/matrix.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { type Kernel, kernelOf, kernelRows, meanFeatures } from '../head/kernel.ts'
import type { Problem } from '../head/problem.ts'
import { rowNorms } from '../head/row-norms.ts'
import { type GapMeter, gapMeter } from './gap.ts'
import { Objective } from './objective.ts'

/**
 * How far a fit is from its optimum, by its gradient G [d (+1), c] and in logits: Θ − Qᵀα = G/2λ at every Θ,
 * so the values miss the logit of example t and output j by |q(fₜ)ᵀ G_j| / 2λ (method.md §8). A free bias has
 * two kernels, of which the plain one does not see the gradient g_b of the bias; both count, and so does
 * |Σᵢ αᵢⱼ| = |g_bj| / 2λ, which is 0 at the optimum.
 */
export interface Completeness {
  /** The largest over the training examples and outputs, in single precision; a pass over the features. */
  gap(gradient: Float64Array): Promise<number>
  /** What the gap is at most, by Cauchy-Schwarz, without a pass. */
  bound(gradient: Float64Array): number
  /** Every q(fᵢ) is zero, and nothing can be explained by it. */
  readonly isEmpty: boolean
  release(): Promise<void>
}

/** One kernel to measure by. */
interface View {
  readonly kernel: Kernel
  readonly meter: GapMeter
  /** max ‖q(fᵢ)‖ */
  readonly largestNorm: number
}

export async function openCompleteness(runtime: Runtime, problem: Problem): Promise<Completeness> {
  const { features, targets, lambda, bias } = problem
  const { cols: d } = features
  const { cols: c } = targets
  const kernels = [kernelOf(bias, d)]
  if (bias === 'free') kernels.push(kernelOf(bias, d, await meanFeatures(features)))
  const norms: number[] = []
  for (const kernel of kernels) norms.push((await rowNorms(runtime, features, kernel)).largest)
  const views: View[] = []
  for (const [at, kernel] of kernels.entries()) {
    const meter = await gapMeter(runtime, features, kernel, c, 'float32')
    views.push({ kernel, meter, largestNorm: norms[at] })
  }
  const scaled = (gradient: Float64Array) => gradient.map(g => g / (2 * lambda))
  return {
    async gap(gradient) {
      const residual = scaled(gradient)
      let largest = biasGapOf(problem, residual)
      for (const { kernel, meter } of views) {
        largest = Math.max(largest, await meter.largest(seenBy(kernel, residual, c)))
      }
      return largest
    },
    bound(gradient) {
      const residual = scaled(gradient)
      const bounds = views.map(
        ({ kernel, largestNorm }) => largestNorm * largestColumn(seenBy(kernel, residual, c)),
      )
      return Math.max(biasGapOf(problem, residual), ...bounds)
    },
    isEmpty: bias !== 'free' && views.every(({ largestNorm }) => largestNorm === 0),
    async release() {
      for (const { meter } of views) await meter.release()
    },
  }
}

/** What the gradient at Θ says of the α that Θ makes, without them. */
export interface Stationarity {
  /** R = Θ − Qᵀα = G / 2λ as q sees it [rows of q, c] */
  readonly residual: Matrix<Float64Array>
  /** maxⱼ |Σᵢ αᵢⱼ| of a free bias, 0 of another */
  readonly biasGap: number
}

export async function stationarityAt(
  runtime: Runtime,
  problem: Problem,
  theta: Matrix<Float64Array>,
  kernel: Kernel,
): Promise<Stationarity> {
  const objective = await Objective.create(runtime, problem, 'float64')
  try {
    const { gradient } = await objective.evaluate(theta.data)
    const residual = gradient.map(g => g / (2 * problem.lambda))
    return { residual: seenBy(kernel, residual, theta.cols), biasGap: biasGapOf(problem, residual) }
  } finally {
    await objective.release()
  }
}

/** maxⱼ |Σᵢ αᵢⱼ| by G / 2λ [d (+1), c]; 0 without a free bias. */
const biasGapOf = ({ bias, features, targets }: Problem, residual: Float64Array): number =>
  bias === 'free' ? largestSize(residual.subarray(features.cols * targets.cols)) : 0

/** M [d (+1), c] as q sees it [rows of q, c]: without a free bias, whose row moves the rest where q is centred. */
function seenBy(kernel: Kernel, matrix: Float64Array, c: number): Matrix<Float64Array> {
  const rows = kernelRows(kernel)
  const data = matrix.slice(0, rows * c)
  if (kernel.mean) {
    for (let a = 0; a < rows; a++) {
      for (let j = 0; j < c; j++) data[a * c + j] -= kernel.mean[a] * matrix[rows * c + j]
    }
  }
  return { rows, cols: c, data }
}

/** maxⱼ ‖Mⱼ‖ */
export function largestColumn({ cols, data }: Matrix): number {
  const squares = new Float64Array(cols)
  for (let i = 0; i < data.length; i++) squares[i % cols] += data[i] * data[i]
  return Math.sqrt(largestSize(squares))
}

const largestSize = (values: Float64Array): number =>
  values.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0)
