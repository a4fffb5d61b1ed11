import { hessianNumbers } from '../../method/curvature/hessian.ts'
import { whyNotFactored } from '../../method/curvature/inverse-hessian.ts'
import { expectMinimum, labelTargets, NoMinimum } from '../../method/head/targets.ts'
import { type NoisyLabels, plantLabelNoise } from '../../method/scores/label-noise.ts'
import { SCORE_NAMES, type ScoreName } from '../../method/scores/names.ts'
import { UserError } from '../../user-error.ts'
import { chooseMeasured, type LeftOut } from '../measured/chosen.ts'
import { type EvaluateOptions, namedScores, type Sizes } from './options.ts'
import type { Setting } from './setting.ts'

/** What labels need for some to be changed: a reason why not, or null. */
function noNoise({ reader, train: { labels } }: Setting): string | null {
  const { task, activation, labelsFit } = reader.manifest
  if (task === 'units') return 'a hidden layer has no labels'
  if (task !== 'classification') return 'needs a class as the label of each training example'
  if (labels === null) return 'needs labels of the training examples, which fit takes by --labels'
  if (activation !== 'softmax' && activation !== 'sigmoid') {
    return `needs outputs that are probabilities, which those of ${activation} are not`
  }
  return labelsFit ? null : 'needs a fit with labels, which this explainer has none of'
}

/** What scores need that an explainer may not have: a reason, or null where it has it. */
const NEEDS: { readonly [K in ScoreName]?: (setting: Setting) => string | null } = {
  'alpha-teacher': ({ reader }) =>
    reader.manifest.targets === 'teacher' ? null : "needs an explainer fitted to the given model's outputs",
  'confident-learning': ({ problem }) =>
    problem.activation === 'softmax' ? null : 'needs a softmax over the classes',
  'leave-one-out': needsFactor,
  'cooks-distance': needsFactor,
  'self-influence': needsFactor,
}

function needsFactor({ problem }: Setting): string | null {
  return whyNotFactored(problem)
}

/** Those that are made from leverages. */
const OF_LEVERAGES: readonly ScoreName[] = ['leave-one-out', 'cooks-distance', 'self-influence']

/** Of the products that leverages are made of, examples times numbers of the Hessian: a quarter of a minute or so. */
const MOST_UNASKED = 2e11

/** Why a score that nobody named is not made. */
const tooCostly = (score: ScoreName, { problem }: Setting): string | null =>
  OF_LEVERAGES.includes(score) && problem.features.rows * hessianNumbers(problem) > MOST_UNASKED
    ? 'takes minutes for so many examples, features and outputs, name it in --scores to have it'
    : null

/** What is looked for, and by which scores. */
export interface Sought {
  /** Changed on purpose; null where no labels can be changed, or none are to be */
  readonly noisy: NoisyLabels | null
  /** None where nothing is looked for */
  readonly scores: readonly ScoreName[]
  readonly leftOut: readonly LeftOut<string>[]
}

/** Changes labels, and chooses the scores that look for them. Errors: UserError where what was asked for cannot be done. */
export async function soughtScores(
  setting: Setting,
  sizes: Sizes,
  options: EvaluateOptions,
): Promise<Sought> {
  const named = namedScores(options)
  if (sizes.noise === 0) {
    if (options.scores === undefined) return { ...NOTHING, leftOut: [] }
    throw new UserError(
      'usage',
      'scores: with noise 0 there is nothing to look for, leave --scores or --noise out',
    )
  }
  const without = noNoise(setting)
  if (without !== null) {
    if (options.noise !== undefined || options.scores !== undefined) {
      throw new UserError('value', `noise: ${without}, leave --noise and --scores out`)
    }
    return { ...NOTHING, leftOut: [{ name: 'mislabels', reason: without }] }
  }
  const { chosen: scores, leftOut } = chooseMeasured(SCORE_NAMES, named, {
    cannot: score => NEEDS[score]?.(setting) ?? null,
    unasked: score => tooCostly(score, setting),
    option: '--scores',
  })
  const noisy = plantNoise(setting, sizes)
  const unfindable = await whyUnfindable(setting, noisy)
  if (unfindable !== null) {
    const reason = `${unfindable}, choose another noise or seed`
    return { ...NOTHING, leftOut: [...leftOut, { name: 'mislabels', reason }] }
  }
  return { noisy, scores, leftOut }
}

const NOTHING = { noisy: null, scores: [] } as const

function plantNoise({ reader, train: { labels } }: Setting, { noise, pattern, seed }: Sizes): NoisyLabels {
  if (!labels) throw new Error('no labels to change')
  return plantLabelNoise(labels, reader.manifest.classCount, { share: noise, kind: pattern, seed })
}

/** Why changed labels cannot be looked for, or null. */
async function whyUnfindable(
  { reader, problem }: Setting,
  { labels, isWrong }: NoisyLabels,
): Promise<string | null> {
  if (new Set(isWrong).size < 2) return 'chance changed none of the labels, or all'
  try {
    await expectMinimum({ ...problem, targets: labelTargets(labels, reader.manifest.c) })
    return null
  } catch (error) {
    if (!(error instanceof NoMinimum)) throw error
    return 'the noise takes a class its last example, without which a free bias has no minimum'
  }
}

/** What is not known of closeness to the given model. */
export const withoutGiven = ({ train, test }: Setting): LeftOut<string>[] =>
  train.logits || test?.logits
    ? []
    : [
        {
          name: 'fidelity',
          reason: "needs the given model's outputs, which fit takes by --model or --logits",
        },
      ]
