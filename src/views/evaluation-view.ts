import type { Certificate } from '../method/fit/certificate.ts'

/** How close a head comes to the given model over a split; null where that is not known. */
export interface PathSplit {
  /** Of given against reconstructed outputs, after the activation */
  readonly pearson: number | null
  readonly meanAbsoluteDifference: number | null
  /** Share of examples for which both decide the same */
  readonly argmaxAgreement: number | null
  /** Share of examples whose label the head predicts */
  readonly accuracy: number | null
}

/** The head at one λ. */
export interface PathPoint {
  readonly lambda: number
  /** Whether it is the head that is stored, which is not fitted again */
  readonly isStored: boolean
  /** How its fit ended */
  readonly status: string
  /** The largest over the training examples, and at least |Σᵢ αᵢⱼ| of a free bias, in logits */
  readonly completenessGap: number
  readonly train: PathSplit
  /** null where there are no test examples */
  readonly test: PathSplit | null
  /** Of its fit */
  readonly seconds: number
}

/** How much of what is shown stays the same between two λ; null where that is not known. */
export interface Neighbours {
  readonly lambdas: readonly [number, number]
  /** Share of the top k excitatory examples that both show, mean over the test examples */
  readonly excitatory: number | null
  /** The same of the inhibitory ones */
  readonly inhibitory: number | null
  /** Spearman's correlation of the values of `ranked` training examples, mean over the test examples */
  readonly rankCorrelation: number | null
}

/** How well one score finds labels that were changed. */
export interface ScoredDetection {
  readonly rocAuc: number
  readonly averagePrecision: number
  /** Share of the changed labels that is found, one for each of `inspectedShares` */
  readonly found: readonly number[]
  readonly seconds: number
}

/** What an explainer is worth. */
export interface EvaluationView {
  readonly explainer: string
  readonly problem: { readonly n: number; readonly targets: string; readonly lambda: number }
  readonly certificate: Certificate & {
    /** What the fit was asked for, in logits */
    readonly gap: number
    /** How the fit ended */
    readonly status: string
    /** Bounds of the gap while the head was fitted, in order; none where they are not stored */
    readonly convergence: readonly { readonly evaluations: number; readonly gap: number }[]
    /** Whether all of it holds: no gap is larger than was asked for, and the stored residual is the one found */
    readonly holds: boolean
  }
  /** The largest λ first */
  readonly path: readonly PathPoint[]
  readonly stability: {
    readonly tests: number
    /** Whether the test examples are training examples, for want of others */
    readonly ofTraining: boolean
    readonly topK: number
    /** Training examples whose values are ranked */
    readonly ranked: number
    /** Along the path */
    readonly neighbours: readonly Neighbours[]
  }
  /** null where labels cannot be changed, were not to be, or none or all were by chance */
  readonly mislabels: {
    readonly noise: number
    readonly pattern: string
    readonly planted: number
    /** How the fit to the noisy labels ended */
    readonly status: string
    readonly inspectedShares: readonly number[]
    readonly scores: { readonly [name: string]: ScoredDetection }
  } | null
  readonly leftOut: readonly { readonly part: string; readonly reason: string }[]
}
