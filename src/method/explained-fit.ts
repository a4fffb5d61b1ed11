import type { Matrix } from '../math/matrix.ts'
import { memoryRows } from '../math/rows.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { classWeights, computeAlpha, residualOf } from './alpha.ts'
import { type BoundIndex, buildIndex } from './bound-index.ts'
import { DEFAULT_GAP, type Fit, type FitHeadOptions, fitHead } from './fit.ts'
import { gapMeter } from './gap.ts'
import { thetaRows } from './head-graph.ts'
import { headShape, type Problem } from './objective.ts'

/** A fit with everything that explaining by it needs, as it will be stored. */
export interface ExplainedFit {
  readonly theta: Fit['theta']
  /**
   * `converged` where the gap asked for was reached by what is stored; `precision-limited` where only the
   * rounding of α to single precision misses it; else why the solver ended.
   */
  readonly status: Fit['status'] | 'precision-limited'
  readonly iterations: number
  readonly gradientNorm: number
  /** [n, c] */
  readonly alpha: Matrix<Float32Array>
  /** R [d (+1), c] */
  readonly residual: Matrix<Float64Array>
  /** Θ⁽ʸ⁾, each class as one row [classes, (d (+1)) · c]; null where that would be too large to keep */
  readonly byClass: Matrix<Float64Array> | null
  readonly index: BoundIndex
  /** The largest |R_jᵀf̃ᵢ| over the training examples, in logits */
  readonly completenessGap: number
  readonly seconds: { readonly fit: number; readonly alpha: number; readonly index: number }
}

/** Above this many numbers (half a gigabyte) class sums are made when they are asked for. */
const MAX_CLASS_NUMBERS = 2 ** 26

export interface Stages extends FitHeadOptions {
  readonly onStage?: (stage: 'alpha' | 'index') => void
}

/**
 * Fits a head and takes it apart by its training examples.
 *
 * @param classes the class of each training example, for the sums by class [n]
 */
export async function explainFit(
  runtime: Runtime,
  problem: Problem,
  { classes, classCount }: { classes: Int32Array; classCount: number },
  { onStage, ...options }: Stages,
): Promise<ExplainedFit> {
  const { features, bias } = problem
  const shape = headShape(problem)
  const start = performance.now()
  const fit = await fitHead(runtime, problem, options)

  onStage?.('alpha')
  const fitted = performance.now()
  const alpha = await computeAlpha(runtime, problem, fit.theta)
  const keepsClasses = classCount * thetaRows(shape) * shape.c <= MAX_CLASS_NUMBERS
  const sums = await classWeights(
    runtime,
    { features, alpha: memoryRows(alpha), bias },
    keepsClasses ? classes : new Int32Array(classes.length),
    keepsClasses ? classCount : 1,
  )
  const residual = residualOf(fit.theta, sums)
  const meter = await gapMeter(runtime, features, shape)
  const completenessGap = await meter.largest(residual).finally(() => meter.release())

  onStage?.('index')
  const taken = performance.now()
  const index = await buildIndex(features, alpha, bias)
  const end = performance.now()
  return {
    theta: fit.theta,
    status: statusOf(fit, completenessGap, options.gap ?? DEFAULT_GAP),
    iterations: fit.iterations,
    gradientNorm: fit.gradientNorm,
    alpha,
    residual,
    byClass: keepsClasses ? sums : null,
    index,
    completenessGap,
    seconds: { fit: (fitted - start) / 1000, alpha: (taken - fitted) / 1000, index: (end - taken) / 1000 },
  }
}

function statusOf({ status }: Fit, completenessGap: number, gap: number): ExplainedFit['status'] {
  if (status === 'max-iterations') return status
  if (completenessGap <= gap) return 'converged'
  return status === 'converged' ? 'precision-limited' : status
}
