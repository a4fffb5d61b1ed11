import { memoryRows } from '../../math/rows.ts'
import { labelTargets } from '../../method/head/targets.ts'
import { storedAlphaSuspicions } from '../../method/scores/head-scores.ts'
import type { ScoreName } from '../../method/scores/names.ts'
import type { ScoreStep } from '../../method/scores/source.ts'
import type { Suspicions } from '../../method/scores/suspicion.ts'
import type { Activation } from '../../onnx/activation.ts'
import type { ExplainerReader } from '../../store/read.node.ts'
import { UserError } from '../../user-error.ts'
import { LABELS_FIT, readRows, readSolution } from './files.node.ts'
import { keepSuspicions, readSuspicions } from './kept-suspicions.node.ts'
import { storedFeatures, storedValues } from './stored-rows.ts'

export interface AskedScore {
  readonly score: ScoreName
  /** One class an example [n]; null where each output has a label of its own */
  readonly labels: Int32Array | null
  readonly onProgress?: ((step: ScoreStep) => void) | undefined
}

/** Scores the labels of an explainer's training examples by its fit with labels, or reads the scores that it keeps. */
export async function scoreLabels(reader: ExplainerReader, asked: AskedScore): Promise<Suspicions> {
  const { score, labels } = asked
  const { n, c, activation, targets } = reader.manifest
  const classes = activation === 'softmax' ? labels : null
  if (score === 'alpha' || score === 'alpha-teacher') {
    if (score === 'alpha-teacher' && targets !== 'teacher') {
      throw new UserError(
        'value',
        `alpha-teacher: ${reader.directory} is fitted to ${targets}, expected to what a given model says, choose another score`,
      )
    }
    // Of what is stored, nothing has to be computed.
    const path = score === 'alpha' ? `${LABELS_FIT}alpha.npy` : 'alpha.npy'
    return storedAlphaSuspicions(await readRows(reader, path, [n, c], ['float32']), classes)
  }
  const kept = await readSuspicions(reader, score)
  if (kept) return kept
  const made = await makeSuspicions(reader, classes, asked)
  await keepSuspicions(reader, score, made)
  return made
}

async function makeSuspicions(
  reader: ExplainerReader,
  classes: Int32Array | null,
  { score, labels, onProgress }: AskedScore,
): Promise<Suspicions> {
  const { c, activation, lambda, bias } = reader.manifest
  const values = await storedValues(reader, 'train')
  const targets = values ? memoryRows(values) : labels && labelTargets(labels, c)
  if (!targets) throw new Error('a fit with labels without labels')
  const problem = {
    features: await storedFeatures(reader, 'train'),
    targets,
    activation: activation as Activation,
    lambda,
    bias,
  }
  const { theta, kernel } = await readSolution(reader, LABELS_FIT)
  const [{ mislabelScores }, { openRuntime }] = await Promise.all([
    import('../../method/scores/scores.ts'),
    import('../machine/runtime.ts'),
  ])
  const { suspicion, outputs, suggested } = await mislabelScores(openRuntime(), score, {
    problem,
    theta,
    kernel,
    classes,
    onProgress,
  })
  return { suspicion, outputs, suggested: suggested && asLabels(suggested, reader.manifest) }
}

/**
 * Labels of what a head says: classes are labels already, of likelihoods those are that are above a half. Null where
 * each class has a likelihood: that of one alone says not which class it is.
 */
function asLabels(
  suggested: Float64Array,
  { task, activation, c }: ExplainerReader['manifest'],
): Float64Array | null {
  const isLikelihoodOfClass = task === 'classification' && activation !== 'softmax'
  if (isLikelihoodOfClass && c > 1) return null
  const isLikelihood = isLikelihoodOfClass || task === 'multi-label'
  return isLikelihood ? suggested.map(p => Number(p > 0.5)) : suggested
}
