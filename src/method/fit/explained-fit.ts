import type { Matrix } from '../../math/matrix.ts'
import { memoryRows, type Rows } from '../../math/rows.ts'
import { Spread } from '../../math/statistics.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { type Kernel, type KernelChoice, kernelOf, kernelRows, meanFeatures } from '../head/kernel.ts'
import { headShape, type Problem } from '../head/problem.ts'
import { decideRows, type Task } from '../head/task.ts'
import { type BoundIndex, buildIndex } from '../index/bound-index.ts'
import { type AlphaBlock, alphaBlocks, classWeights, residualOf } from './alpha.ts'
import { DEFAULT_GAP, type Fit, type FitHeadOptions, type FitHeadProgress, fitHead } from './fit.ts'
import { gapMeter } from './gap.ts'

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
  /** How the bound of the gap went, in order; a hundred evaluations or so where there were more */
  readonly convergence: readonly FitHeadProgress[]
  /** [n, c] */
  readonly alpha: Rows
  /** What values are made with, and add up by */
  readonly kernel: Kernel
  /** R [rows of q, c] */
  readonly residual: Matrix<Float64Array>
  /** Θ⁽ʸ⁾, each class as one row [classes, rows of q · c]; null where that would be too large to keep */
  readonly byClass: Matrix<Float64Array> | null
  readonly index: BoundIndex
  /** The largest |R_jᵀq(fᵢ)| over the training examples, in logits */
  readonly completenessGap: number
  /** The standard deviation of Φ over all training examples and outputs */
  readonly deviation: number
  readonly seconds: { readonly fit: number; readonly alpha: number; readonly index: number }
}

/** Above this many numbers (half a gigabyte) class sums are made when they are asked for. */
const MAX_CLASS_NUMBERS = 2 ** 26

/** Of the gap asked for, the solver's part: the rest is left for the rounding of α. */
const ROUNDING_MARGIN = 0.9

/** How values are taken together. */
export interface Grouping {
  readonly kernel: KernelChoice
  /** The class of each training example [n]; null to take what the fit decides under `task`. */
  readonly classes: Int32Array | null
  readonly task: Task
  readonly classCount: number
}

export interface ExplainFitOptions extends FitHeadOptions {
  readonly onStage?: (stage: 'alpha' | 'index') => void
  /** Puts α [n, c], made block by block, where it can be read again; in memory unless given. */
  readonly keepAlpha?: (
    size: Pick<Rows, 'rows' | 'cols' | 'dtype'>,
    blocks: AsyncIterable<Matrix<Float32Array>>,
  ) => Promise<Rows>
}

/** Fits a head and takes it apart by its training examples. */
export async function explainFit(
  runtime: Runtime,
  problem: Problem,
  { kernel: choice, classes: given, task, classCount }: Grouping,
  { onStage, keepAlpha = inMemory, gap = DEFAULT_GAP, onProgress, ...options }: ExplainFitOptions,
): Promise<ExplainedFit> {
  const { features, bias } = problem
  const { c } = headShape(problem)
  const start = performance.now()
  const convergence: FitHeadProgress[] = []
  const fit = await fitHead(runtime, problem, {
    ...options,
    gap: ROUNDING_MARGIN * gap,
    onProgress: progress => {
      convergence.push(progress)
      onProgress?.(progress)
    },
  })

  onStage?.('alpha')
  const fitted = performance.now()
  const survey = new Survey(features.rows, task)
  const alpha = await keepAlpha(
    { rows: features.rows, cols: c, dtype: 'float32' },
    survey.over(alphaBlocks(runtime, problem, fit.theta)),
  )
  const classes = given ?? survey.decided
  const kernel = kernelOf(bias, features.cols, choice === 'centred' ? await meanFeatures(features) : null)
  const keepsClasses = classCount * kernelRows(kernel) * c <= MAX_CLASS_NUMBERS
  const sums = await classWeights(
    runtime,
    { features, alpha, kernel },
    keepsClasses ? classes : new Int32Array(classes.length),
    keepsClasses ? classCount : 1,
  )
  const residual = residualOf(fit.theta, sums, kernel)
  const meter = await gapMeter(runtime, features, kernel, c)
  const completenessGap = await meter.largest(residual).finally(() => meter.release())

  onStage?.('index')
  const taken = performance.now()
  const index = await buildIndex(runtime, features, alpha, kernel)
  const end = performance.now()
  return {
    theta: fit.theta,
    status: statusOf(fit, completenessGap, gap),
    iterations: fit.iterations,
    gradientNorm: fit.gradientNorm,
    convergence: thinned(convergence),
    alpha,
    kernel,
    residual,
    byClass: keepsClasses ? sums : null,
    index,
    completenessGap,
    deviation: survey.deviation,
    seconds: { fit: (fitted - start) / 1000, alpha: (taken - fitted) / 1000, index: (end - taken) / 1000 },
  }
}

/** Points of a curve that can be told apart. */
const SHOWN_EVALUATIONS = 100

/** Every so many of them, and the last; without those before a gap was known. */
function thinned(convergence: readonly FitHeadProgress[]): FitHeadProgress[] {
  const known = convergence.filter(({ gapBound }) => Number.isFinite(gapBound))
  const step = Math.ceil(known.length / SHOWN_EVALUATIONS)
  return known.filter((_, i) => i % step === 0 || i === known.length - 1)
}

/** What is seen of Φ while α is made of it. */
class Survey {
  /** What each row of Φ is decided to be */
  readonly decided: Int32Array
  readonly #task: Task
  readonly #spread = new Spread()

  constructor(n: number, task: Task) {
    this.decided = new Int32Array(n)
    this.#task = task
  }

  /** Of all entries of Φ */
  get deviation(): number {
    return this.#spread.deviation
  }

  /** The α of blocks, each of them seen. */
  async *over(blocks: AsyncIterable<AlphaBlock>): AsyncGenerator<Matrix<Float32Array>> {
    for await (const { start, alpha, logits } of blocks) {
      for (const phi of logits.data) this.#spread.add(phi)
      this.decided.set(decideRows(logits, this.#task), start)
      yield alpha
    }
  }
}

const inMemory: NonNullable<ExplainFitOptions['keepAlpha']> = async ({ rows, cols }, blocks) => {
  const data = new Float32Array(rows * cols)
  let at = 0
  for await (const block of blocks) {
    data.set(block.data, at)
    at += block.data.length
  }
  return memoryRows({ rows, cols, data })
}

function statusOf({ status }: Fit, completenessGap: number, gap: number): ExplainedFit['status'] {
  if (status === 'max-iterations') return status
  if (completenessGap <= gap) return 'converged'
  return status === 'converged' ? 'precision-limited' : status
}
