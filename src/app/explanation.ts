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

/** One training example's part in a prediction: value = alpha × similarity, in logits. */
export interface Entry {
  readonly row: number
  readonly id: string
  /** The given label's index; null where there is none */
  readonly label: number | null
  /** The largest output of the given model where it is known, else of the fitted head */
  readonly predicted: number
  readonly value: number
  readonly alpha: number
  readonly similarity: number
}

export interface ClassPart {
  /** The index of the class: of the labels, or of the predictions where there are none */
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
  /** The input's own label; null where it is not known */
  readonly label: number | null
  /** The argmax of the given model's logits where they are known, else of the fitted head's */
  readonly predicted: number
  /** The given model's logit, or difference of two; null where it is not known */
  readonly givenLogit: number | null
  /** The fitted head's, to which the values add up */
  readonly logit: number
  /** The argmax of the fitted head's logits */
  readonly fittedPrediction: number
  /** The sum of the shown values over the logit; null where the logit is near zero */
  readonly covered: number | null
  /** Adds up to the logit too, within the completeness gap */
  readonly byClass: readonly ClassPart[]
  /** By how much all values together miss the logit */
  readonly completenessGap: number
  /** How many training examples were touched */
  readonly read: number
  readonly excitatory: readonly Entry[]
  readonly inhibitory: readonly Entry[]
}
