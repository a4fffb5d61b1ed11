import type { Matrix } from '../../math/matrix.ts'
import type { Rows } from '../../math/rows.ts'
import { findLambda, type PathPoint } from '../../method/fit/lambda-path.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { UserError } from '../../user-error.ts'
import type { FitInputs } from './inputs.ts'
import type { FitOptions } from './options.ts'
import type { Setting } from './setting.ts'

/** Fidelity that `--lambda auto` looks for. */
const WANTED_FIDELITY = 0.99

/** How λ was chosen. */
export interface ChosenLambda {
  readonly lambda: number
  /** Where the fit under it starts; null for the start of any fit */
  readonly theta: Matrix<Float64Array> | null
  /** What was tried, and what was wanted; null where λ was given */
  readonly path: { readonly wanted: number; readonly points: readonly PathPoint[] } | null
}

/** λ as given, or the largest one that comes as close to the given model as is wanted. Errors: UserError where none does. */
export async function chooseLambda(
  runtime: Runtime,
  { train }: Pick<FitInputs, 'train'>,
  targets: Rows,
  { lambda, activation, bias, gap }: Setting,
  start: Matrix<Float64Array> | null,
  {
    fidelity: wanted = WANTED_FIDELITY,
    maxIterations,
    signal,
    onProgress,
  }: Pick<FitOptions, 'fidelity' | 'maxIterations' | 'signal' | 'onProgress'>,
): Promise<ChosenLambda> {
  if (lambda !== 'auto') return { lambda, theta: null, path: null }
  const problem = { features: train.features, targets, activation, bias }
  const { points, best } = await findLambda(runtime, problem, wanted, {
    gap,
    ...(start && { start }),
    signal,
    ...(maxIterations !== undefined && { maxIterations }),
    onPoint: point => onProgress?.({ phase: 'lambda', ...point }),
  })
  if (best) return { lambda: best.lambda, theta: best.theta, path: { wanted, points } }
  const { lambda: least, pearson } = points[points.length - 1]
  throw new UserError(
    'value',
    `fidelity: ${wanted} is not reached, λ ${least.toPrecision(1)} comes to ${pearson?.toFixed(5) ?? 'none'}, ask for less or give --lambda`,
  )
}
