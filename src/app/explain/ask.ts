import { decodeImageBytes } from '../../formats/images.node.ts'
import { lossOf } from '../../method/head/loss.ts'
import type { Activation } from '../../onnx/activation.ts'
import { UserError } from '../../user-error.ts'
import type { Explainer } from '../explainer/explainer.ts'
import type { ExplainChoices, Explanation, Query } from '../explainer/explanation.ts'
import type { SplitName } from '../explainer/stored-splits.ts'
import { pictureInput } from './picture-input.ts'

/** What is asked of an explainer: about a stored example or about features, one of them. */
export interface Question extends ExplainChoices {
  readonly example?: { readonly split: SplitName; readonly row: number }
  /** [d] */
  readonly features?: readonly number[]
  /** The given model's logits [c], where whoever asks ran it; with `features` */
  readonly logits?: readonly number[]
  /**
   * Only training examples of this class (of `byClass`), by index: the parts that its sum is made of; `covered`
   * is then their share of that sum
   */
  readonly within?: number
}

/** How a picture is asked about. */
export type PictureChoices = Pick<Question, 'output' | 'contrast' | 'k' | 'within'>

export interface Answer {
  readonly schemaVersion: 1
  readonly explanation: Explanation
  /** Of the given model where they are known, else of the fitted head [c] */
  readonly logits: readonly number[]
  /** The activation of these; null where that gives no probabilities */
  readonly probabilities: readonly number[] | null
  /** How long the explanation took, without the network and the way here */
  readonly microseconds: number
}

/** Answers a question. Errors: UserError on examples, features and outputs that do not exist or do not fit. */
export async function ask(explainer: Explainer, question: Question): Promise<Answer> {
  const { example, features, logits, ...choices } = question
  if ((example === undefined) === (features === undefined)) {
    throw new UserError('usage', 'question: expected an example or features, give one of them')
  }
  if (example !== undefined) {
    if (logits !== undefined) {
      throw new UserError('usage', 'question: logits of a stored example, expected none, leave them out')
    }
    const stored = await explainer.stored(example.split, example.row)
    return answer(explainer, stored.features, choices, stored.query)
  }
  return answer(explainer, features ?? [], choices, logits === undefined ? {} : { givenLogits: logits })
}

/** Answers for the content of a picture file. Errors: UserError where it is none, or the network takes no pictures. */
export async function askPicture(
  explainer: Explainer,
  content: Uint8Array,
  name: string,
  choices: PictureChoices,
): Promise<Answer> {
  const { pixels } = pictureInput(explainer, await decodeImageBytes(content, name), name)
  const { features, logits } = await explainer.runNetwork(pixels, name, 'as-training')
  return answer(explainer, features, choices, { input: name, givenLogits: logits })
}

function answer(
  explainer: Explainer,
  features: ArrayLike<number>,
  { within, ...choices }: PictureChoices,
  query: Query,
): Answer {
  const start = performance.now()
  const explanation =
    within === undefined
      ? explainer.explain(features, choices, query)
      : explainer.explainWithin(within, features, choices, query)
  const microseconds = Math.round(1000 * (performance.now() - start))
  const logits = Array.from(query.givenLogits ?? explainer.logitsOf(features))
  return {
    schemaVersion: 1,
    explanation,
    logits,
    probabilities: probabilitiesOf(explainer, logits),
    microseconds,
  }
}

function probabilitiesOf({ manifest }: Explainer, logits: readonly number[]): number[] | null {
  const { task, activation } = manifest
  const isOfClasses = task === 'classification' || task === 'multi-label'
  if (!isOfClasses || (activation !== 'softmax' && activation !== 'sigmoid')) return null
  const probabilities = Float64Array.from(logits)
  lossOf(activation as Activation).activate(probabilities)
  return Array.from(probabilities)
}
