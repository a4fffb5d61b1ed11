/** What the views show. Classes and outputs come by name, pictures ready to show, numbers as they are. */

export interface ShownPicture {
  /** A data URI, so that a page needs nothing beside itself */
  readonly src: string
  /** Pixels */
  readonly width: number
  readonly height: number
}

export interface ShownExample {
  readonly id: string
  readonly row: number
  /** null where the example is not an image */
  readonly picture: ShownPicture | null
  /** null where it is not known */
  readonly label: string | null
  /** The class; null where outputs are no classes */
  readonly predicted: string | null
}

/** One training example's part in a prediction: value = alpha × similarity, in logits. */
export interface ShownContribution extends ShownExample {
  readonly value: number
  readonly alpha: number
  readonly similarity: number
}

export interface ShownInput {
  readonly name: string
  readonly picture: ShownPicture | null
  readonly label: string | null
  /** The class; null where outputs are no classes */
  readonly predicted: string | null
}

export interface ShownClassSum {
  readonly name: string
  /** The sum of the representer values of all training examples of the class, in logits */
  readonly value: number
}

/** Why one output is what it is, by the training examples. Values, logits and gaps are in logits. */
export interface ExplanationView {
  readonly input: ShownInput
  readonly output: string
  /** The output that `output` is set against; null where it stands alone */
  readonly contrast: string | null
  /** The given model's logit, or difference of two; null where it is not known */
  readonly givenLogit: number | null
  /** The fitted head's, to which the values and the bias beside them add up */
  readonly logit: number
  /** The term of a free bias, which no example accounts for; else 0 */
  readonly bias: number
  readonly fittedPrediction: string | null
  /** The sum of the shown values over that of all; null where that is near zero */
  readonly covered: number | null
  /** In the order of the classes */
  readonly byClass: readonly ShownClassSum[]
  /** What the classes of `byClass` are */
  readonly groups: 'label' | 'predicted'
  readonly completenessGap: number
  /** How many training examples were touched */
  readonly read: number
  /** How many training examples there are */
  readonly n: number
  readonly excitatory: readonly ShownContribution[]
  readonly inhibitory: readonly ShownContribution[]
}

export interface SuspectView {
  /** From 1, the worst first */
  readonly rank: number
  readonly example: ShownExample
  readonly given: string
  readonly suggested: string
  /** High = worse */
  readonly suspicion: number
  /** Training examples that speak for the given label and against it, the strongest first; null where not known */
  readonly speakers: {
    readonly for: readonly NamedExample[]
    readonly against: readonly NamedExample[]
  } | null
}

/** An example in words. */
export type NamedExample = Pick<ShownExample, 'id' | 'label'>
