import type { Matrix } from '../../math/matrix.ts'
import { memoryRows } from '../../math/rows.ts'
import type { TestPoint } from '../../method/attribution/attribution.ts'
import { FactoredHessian, isFactored } from '../../method/curvature/inverse-hessian.ts'
import { fitHead } from '../../method/fit/fit.ts'
import { NoMinimum } from '../../method/head/targets.ts'
import { explainedOutputs, leaveOutEffects, refitOutputs } from '../../method/truth/outputs.ts'
import { type Examples, randomHalves, randomRows } from '../../method/truth/subsets.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { CompareStep, Sizes } from './options.ts'
import type { Setting } from './setting.ts'

/** How exact some refits are. */
export interface RefitTally {
  refits: number
  /** Refits that ended before their completeness gap was reached */
  unconverged: number
  /** What could not be fitted: without a class's last example a free bias has no minimum */
  withoutMinimum: number
  /** The largest bound of a completeness gap without one example and on halves, in logits */
  largestGap: number
}

/** Fits a comparison's head again and again, and counts how that went. */
export class Refitter {
  readonly #runtime: Runtime
  readonly #setting: Setting
  readonly #signal: AbortSignal | undefined
  readonly #onProgress: (step: CompareStep) => void
  /** Completeness gap of each refit, in logits */
  readonly gap: number
  /** The Hessian where it is small enough to be factored, and the seconds that took */
  readonly hessian: FactoredHessian | null
  readonly hessianSeconds: number
  readonly tally: RefitTally = { refits: 0, unconverged: 0, withoutMinimum: 0, largestGap: 0 }

  private constructor(
    runtime: Runtime,
    setting: Setting,
    { gap, signal, onProgress }: RefitterOptions,
    hessian: FactoredHessian | null,
    hessianSeconds: number,
  ) {
    this.#runtime = runtime
    this.#setting = setting
    this.gap = gap
    this.#signal = signal
    this.#onProgress = onProgress
    this.hessian = hessian
    this.hessianSeconds = hessianSeconds
  }

  /** Factors the Hessian, by which every refit is preconditioned. */
  static async open(runtime: Runtime, setting: Setting, options: RefitterOptions): Promise<Refitter> {
    const { problem, theta } = setting
    options.onProgress({ phase: 'hessian', done: 0, total: 1 })
    const begin = performance.now()
    const hessian = isFactored(problem) ? await FactoredHessian.make(runtime, problem, theta, options) : null
    return new Refitter(runtime, setting, options, hessian, (performance.now() - begin) / 1000)
  }

  /** What is explained of the first of the test points by the head fitted to each list [lists, points]. */
  async outputs(
    phase: CompareStep['phase'],
    lists: readonly Examples[],
    points: number,
    gap = this.gap,
  ): Promise<Matrix<Float64Array>> {
    const { problem, theta, points: all } = this.#setting
    const total = lists.length
    this.#onProgress({ phase, done: 0, total })
    const { outputs, unconverged, withoutMinimum, largestGap } = await refitOutputs(
      this.#runtime,
      problem,
      theta,
      lists,
      all.slice(0, points),
      {
        gap,
        ...(this.hessian && { hessian: this.hessian }),
        signal: this.#signal,
        onRefit: done => this.#onProgress({ phase, done, total }),
      },
    )
    this.tally.refits += total - withoutMinimum
    this.tally.withoutMinimum += withoutMinimum
    this.tally.unconverged += unconverged
    if (gap <= this.gap) this.tally.largestGap = Math.max(this.tally.largestGap, largestGap)
    return outputs
  }

  /**
   * What is explained of one test point each by the head fitted to a few of the examples alone: a small problem of
   * its own. NaN where it has no minimum.
   */
  async outputsOfFew(
    phase: CompareStep['phase'],
    lists: readonly { readonly rows: ArrayLike<number>; readonly point: TestPoint }[],
    gap: number,
  ): Promise<Float64Array> {
    const { problem, theta } = this.#setting
    const outputs = new Float64Array(lists.length)
    for (const [list, { rows, point }] of lists.entries()) {
      this.#signal?.throwIfAborted()
      this.#onProgress({ phase, done: list, total: lists.length })
      const few = {
        ...problem,
        features: memoryRows(await problem.features.fetch(rows)),
        targets: memoryRows(await problem.targets.fetch(rows)),
      }
      try {
        const fit = await fitHead(this.#runtime, few, {
          gap,
          start: theta,
          signal: this.#signal,
        })
        outputs[list] = explainedOutputs(fit.theta, [point])[0]
        this.tally.unconverged += Number(fit.status !== 'converged')
        this.tally.refits++
      } catch (error) {
        if (!(error instanceof NoMinimum)) throw error
        this.tally.withoutMinimum++
        outputs[list] = Number.NaN
      }
    }
    return outputs
  }

  async release(): Promise<void> {
    await this.hessian?.release()
  }
}

export interface RefitterOptions {
  /** Completeness gap of each refit, in logits */
  readonly gap: number
  readonly signal: AbortSignal | undefined
  readonly onProgress: (step: CompareStep) => void
}

/** What refits say that methods are held against; NaN where there is no minimum. */
export interface Truth {
  /** The training examples that were left out, one at a time */
  readonly left: Int32Array
  /** What leaving each out does to each test point [left, points] */
  readonly effects: Matrix<Float64Array>
  readonly halves: readonly Int32Array[]
  /** What heads fitted to each half say of each test point [halves, points] */
  readonly outputs: Matrix<Float64Array>
  readonly seconds: { readonly loo: number; readonly subsets: number }
}

/** Of the gap of the fit, what refits without one example stop at. */
const ONE_EXAMPLE = 0.01

export async function makeTruth(
  refitter: Refitter,
  { problem, points }: Setting,
  { loo, subsets, seed }: Sizes,
): Promise<Truth> {
  const n = problem.features.rows
  const [left, halves] = [randomRows(n, loo, seed), randomHalves(n, subsets, seed)]
  const begin = performance.now()
  // What one example does may be less than the gap of the fit: all refits go on from there, that of all examples too.
  const lists = left.length > 0 ? [{ without: [] }, ...Array.from(left, row => ({ without: [row] }))] : []
  const { cols, data } = await refitter.outputs('loo', lists, points.length, refitter.gap * ONE_EXAMPLE)
  const middle = performance.now()
  const onHalves = halves.map(only => ({ only }))
  const outputs = await refitter.outputs('subsets', onHalves, points.length)
  return {
    left,
    effects: leaveOutEffects(data.subarray(0, cols), { rows: left.length, cols, data: data.subarray(cols) }),
    halves,
    outputs,
    seconds: { loo: (middle - begin) / 1000, subsets: (performance.now() - middle) / 1000 },
  }
}
