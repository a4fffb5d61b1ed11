import { memoryRows } from '../../math/rows.ts'
import { TopK } from '../../math/top-k.ts'
import { rankSuspects, type Suspicion } from '../../method/explain/suspects.ts'
import { labelTargets } from '../../method/head/targets.ts'
import type { Doubts } from '../../method/scores/label-doubt.ts'
import type { ScoreName } from '../../method/scores/names.ts'
import type { ScoreStep } from '../../method/scores/source.ts'
import type { Activation } from '../../onnx/activation.ts'
import type { ExplainerReader } from '../../store/read.node.ts'
import { UserError } from '../../user-error.ts'
import { LABELS_FIT, readHead, readRows } from './files.node.ts'
import { keepDoubts, readDoubts } from './kept-doubts.node.ts'
import { storedFeatures, storedValues } from './stored-rows.ts'

/** A training example by how much its label is to be doubted. */
export interface RankedSuspicion extends Suspicion {
  /** What the score takes the label for: a class, or the output's label; null where it says nothing of that */
  readonly suggested: number | null
}

/** Doubts of all labels, of which the k worst are asked for. */
export interface LabelDoubts {
  worst(k: number): Promise<RankedSuspicion[]>
}

export interface AskedDoubts {
  readonly score: ScoreName
  /** One class an example [n]; null where each output has a label of its own */
  readonly labels: Int32Array | null
  readonly onProgress?: ((step: ScoreStep) => void) | undefined
}

/** Scores the labels of an explainer's training examples by its fit with labels, or reads the scores that it keeps. */
export async function labelDoubts(
  reader: ExplainerReader,
  { score, labels, onProgress }: AskedDoubts,
): Promise<LabelDoubts> {
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
    const alpha = await readRows(reader, path, [n, c], ['float32'])
    return {
      worst: async k => (await rankSuspects(alpha, classes, k)).map(found => ({ ...found, suggested: null })),
    }
  }
  const kept = await readDoubts(reader, score)
  const doubts = kept ?? (await makeDoubts(reader, classes, { score, labels, onProgress }))
  if (kept === null) await keepDoubts(reader, score, doubts)
  return { worst: async k => worstOf(doubts, k, suggestionOf(reader.manifest)) }
}

async function makeDoubts(
  reader: ExplainerReader,
  classes: Int32Array | null,
  { score, labels, onProgress }: AskedDoubts,
): Promise<Doubts> {
  const { n, c, activation, lambda, bias } = reader.manifest
  const values = await storedValues(reader, 'train')
  const problem = {
    features: await storedFeatures(reader, 'train'),
    targets: values ? memoryRows(values) : labelTargets(labels ?? new Int32Array(n), c),
    activation: activation as Activation,
    lambda,
    bias,
  }
  const { theta } = await readHead(reader, LABELS_FIT)
  const [{ mislabelScores }, { openRuntime }] = await Promise.all([
    import('../../method/scores/scores.ts'),
    import('../machine/runtime.ts'),
  ])
  return mislabelScores(openRuntime(), score, { problem, theta, classes, onProgress })
}

function worstOf(
  { doubts, outputs, suggested }: Doubts,
  k: number,
  labelOf: (suggested: number) => number | null,
): RankedSuspicion[] {
  const worst = new TopK(Math.min(k, doubts.length))
  for (let row = 0; row < doubts.length; row++) worst.offer(doubts[row], row)
  return worst.read((row, suspicion) => ({
    row,
    output: outputs[row],
    suspicion,
    suggested: suggested && labelOf(suggested[row]),
  }))
}

/**
 * A label of what a head says: classes are labels already, of likelihoods those are that are above a half. Null where
 * each class has a likelihood: that of one alone says not which class it is.
 */
function suggestionOf({
  task,
  activation,
  c,
}: ExplainerReader['manifest']): (suggested: number) => number | null {
  const isLikelihoodOfClass = task === 'classification' && activation !== 'softmax'
  if (isLikelihoodOfClass && c > 1) return () => null
  const isLikelihood = isLikelihoodOfClass || task === 'multi-label'
  return suggested => (isLikelihood ? Number(suggested > 0.5) : suggested)
}
