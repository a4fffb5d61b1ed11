import type { Picture } from '../../formats/picture.ts'

/** Which output to explain: the predicted one, the example's own label, or one by its index or name. */
export type OutputChoice = 'predicted' | 'label' | number | (string & {})

export interface ExplainChoices {
  /** `predicted` unless told. */
  readonly output?: OutputChoice
  /** Explain the first output against the second, by index or name; instead of `output`. */
  readonly contrast?: readonly [number | string, number | string]
  /** How many excitatory and how many inhibitory examples at most; 10 unless told. */
  readonly k?: number
}

/** What is known of a query beside its features. */
export interface Query {
  readonly input?: string
  /** Its class */
  readonly label?: number | null
  /** Its labels that are numbers, one for each output [c] */
  readonly labelValues?: ArrayLike<number>
  /** The given model's logits [c], where the caller ran it */
  readonly givenLogits?: ArrayLike<number>
}

/** One training example's part in a prediction: value = alpha × similarity, in logits. */
export interface Entry {
  readonly row: number
  readonly id: string
  /** The given label's index; null where there is none */
  readonly label: number | null
  /** Its label at the explained output, where labels are numbers; else null */
  readonly labelValue: number | null
  /** What the given model decides where it is known, else the fitted head */
  readonly predicted: number
  readonly value: number
  readonly alpha: number
  readonly similarity: number
}

export interface ClassPart {
  /** The index of the class: of the labels, or of the predictions where there are no labels */
  readonly class: number
  readonly name: string
  /** The sum of the representer values of all its training examples, in logits */
  readonly value: number
}

/** Why one output is what it is, by the training examples. Outputs and labels are indices. */
export interface Explanation {
  /** As the caller named it */
  readonly input: string
  readonly output: number
  /** The output that `output` is set against; null where it stands alone */
  readonly contrast: number | null
  /** The input's own class; null where it is not known */
  readonly label: number | null
  /** Its label at the explained output, where labels are numbers: yes or no, or what a regression is to give; else null */
  readonly labelValue: number | null
  /** What the given model decides where its logits are known, else the fitted head: a class, or the largest output */
  readonly predicted: number
  /** The given model's logit, or difference of two; null where it is not known */
  readonly givenLogit: number | null
  /** The fitted head's, to which the values and the bias beside them add up */
  readonly logit: number
  /** The term of a free bias, which no example accounts for; 0 under the other choices of bias */
  readonly bias: number
  /** What the fitted head decides */
  readonly fittedPrediction: number
  /** The sum of the shown values over that of all; null where that is near zero */
  readonly covered: number | null
  /** Adds up to the logit without the bias too, within the completeness gap */
  readonly byClass: readonly ClassPart[]
  /** By how much all values together miss the logit */
  readonly completenessGap: number
  /**
   * How many training examples were read, features and all; those that the index rules out are not, unless many
   * queries were answered at once
   */
  readonly read: number
  readonly excitatory: readonly Entry[]
  readonly inhibitory: readonly Entry[]
}

/** An explanation with the picture of what it explains, where there is one. */
export interface ExplainedInput {
  readonly explanation: Explanation
  /** null for features; for a stored example: where it is stored */
  readonly picture: Picture | { readonly split: 'train' | 'test'; readonly row: number } | null
}
