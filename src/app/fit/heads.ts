import type { Matrix } from '../../math/matrix.ts'
import type { Rows } from '../../math/rows.ts'
import { type ExplainedFit, explainFit } from '../../method/fit/explained-fit.ts'
import type { Bias } from '../../method/head/head-graph.ts'
import type { Problem } from '../../method/head/problem.ts'
import { classCountOf, decideAll } from '../../method/head/task.ts'
import type { Activation } from '../../onnx/activation.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { Manifest } from '../../store/manifest.ts'
import type { ExplainerWriter } from '../../store/write.node.ts'
import { UserError } from '../../user-error.ts'
import { LABELS_FIT } from '../explainer/files.node.ts'
import type { GivenHead } from '../explainer/given-head.ts'
import type { FitInputs, Split } from './inputs.ts'
import type { ChosenLambda } from './lambda.ts'
import type { FitOptions, Targets } from './options.ts'
import type { Setting } from './setting.ts'
import { hasLabelTargets, targetsOf } from './targets.ts'
import { copyRows, writeRows } from './write-rows.ts'

/** What sums by class are made over: labels where there are any, else what the given model or the fit decides. */
export function groupsOf(
  train: Split,
  { task, c, classCount }: Setting,
): Pick<Manifest, 'groups' | 'groupCount'> {
  if (train.labels) return { groups: 'label', groupCount: classCount }
  return { groups: 'predicted', groupCount: task === 'classification' ? classCountOf(c) : c }
}

/** Where the fits start; null for nowhere in particular. */
export interface Starts {
  readonly explained: Matrix<Float64Array> | null
  readonly labels: Matrix<Float64Array> | null
}

/**
 * The explained fit, to `targets`, and the fit with labels wherever labels make targets. The α of both are written
 * as they are made.
 */
export async function fitHeads(
  runtime: Runtime,
  writer: ExplainerWriter,
  { train }: Pick<FitInputs, 'train'>,
  targets: Rows,
  setting: Setting,
  { lambda, theta }: ChosenLambda,
  starts: Starts,
  options: Pick<FitOptions, 'maxIterations' | 'signal' | 'onProgress'>,
): Promise<{ explained: ExplainedFit; labels: ExplainedFit | null; warned: string[] }> {
  const { bias, kernel, activation, task, gap } = setting
  const { features } = train
  const { groupCount: classCount } = groupsOf(train, setting)
  const classes = train.labels ?? (train.logits && (await decideAll(train.logits, task)))
  const run = (
    of: Targets,
    targets: Rows,
    start: Matrix<Float64Array> | null,
    folder: string,
  ): Promise<ExplainedFit> => {
    const problem: Problem = { features, targets, activation, lambda, bias }
    return explainFit(
      runtime,
      problem,
      { kernel, task, classes, classCount },
      {
        gap,
        ...(options.maxIterations !== undefined && { maxIterations: options.maxIterations }),
        ...(start && { start }),
        ...(options.signal && { signal: options.signal }),
        onProgress: progress => options.onProgress?.({ phase: 'fit', of, ...progress }),
        onStage: phase => options.onProgress?.({ phase }),
        keepAlpha: (size, blocks) =>
          writeRows(writer, `${folder}alpha.npy`, size, blocks, { signal: options.signal }),
      },
    )
  }
  const explained = await run(setting.targets, targets, theta ?? starts.explained, '')
  if (setting.targets === 'labels') {
    await copyRows(writer, `${LABELS_FIT}alpha.npy`, explained.alpha)
    return { explained, labels: explained, warned: [] }
  }
  if (!hasLabelTargets(train, setting)) return { explained, labels: null, warned: [] }
  try {
    const ofLabels = targetsOf('labels', train, setting)
    const labels = await run('labels', ofLabels, theta ?? starts.labels, LABELS_FIT)
    return { explained, labels, warned: [] }
  } catch (error) {
    // Labels may have no minimum where the targets of the explained fit have one.
    if (!(error instanceof UserError && bias === 'free')) throw error
    return { explained, labels: null, warned: [`no fit with labels, so no suspects: ${error.message}`] }
  }
}

/** Where fits to a model start: at its own head, if it has one. */
export function startOf(
  { givenHead }: Pick<FitInputs, 'givenHead'>,
  { bias, activation }: Setting,
): Matrix<Float64Array> | null {
  return givenHead && startingPoint(givenHead, bias, activation)
}

/**
 * The given head as Θ. Softmax does not see a constant added to all outputs, but the regulariser does:
 * its optimum sums to zero over the outputs, so the start does too.
 */
function startingPoint(
  { weight, bias }: GivenHead,
  kind: Bias,
  activation: Activation,
): Matrix<Float64Array> {
  const { cols: c } = weight
  const rows = kind === 'none' ? weight.rows : weight.rows + 1
  const data = new Float64Array(rows * c)
  data.set(weight.data)
  if (kind !== 'none' && bias) data.set(bias, weight.rows * c)
  if (activation === 'softmax') {
    for (let a = 0; a < rows; a++) {
      const row = data.subarray(a * c, (a + 1) * c)
      const mean = row.reduce((sum, x) => sum + x, 0) / c
      for (let j = 0; j < c; j++) row[j] -= mean
    }
  }
  return { rows, cols: c, data }
}
