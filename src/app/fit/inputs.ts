import type { PicturePreprocess } from '../../data/picture-preprocess.ts'
import type { Preprocess } from '../../data/preprocess.ts'
import type { Source } from '../../data/source.ts'
import type { Matrix } from '../../math/matrix.ts'
import type { FeatureRows, Rows } from '../../math/rows.ts'
import type { NetworkShape } from '../../method/network/network.ts'
import type { Activation } from '../../onnx/activation.ts'
import type { ExternalData } from '../../runtime/runtime.ts'
import type { GivenHead } from '../explainer/given-head.ts'
import type { ChosenLayer } from '../inspect/chosen-layer.ts'
import type { PictureTreatment, SplitPictures } from './pictures.ts'
import type { FitPlan } from './plan.ts'

/** Examples of one split, as far as they are known. */
export interface Split {
  /** [n, d], as they are stored */
  readonly features: FeatureRows
  /** The given model's [n, c], before its activation */
  readonly logits: Rows | null
  /** One class an example, by index */
  readonly labels: Int32Array | null
  /** Labels that are numbers [n, c]: yes or no for each output, or what a regression is to give */
  readonly values: Matrix<Float32Array> | null
  /** Names of their own, else they are named by their rows. */
  readonly ids: readonly string[] | null
  /** Where the examples themselves are, to show them. */
  readonly source: Source | null
  /** null for arrays */
  readonly pictures: SplitPictures | null
  /** Which rows of an array these are, where some of it were left out since; else null. */
  readonly sourceRows: Int32Array | null
}

/** The network that made the features, to be kept beside them. */
export interface UsedNetwork {
  readonly shape: NetworkShape
  readonly bytes: Uint8Array
  readonly externalData: readonly ExternalData[]
  readonly layer: ChosenLayer
  readonly sha256: string
  readonly itemShape: readonly number[]
  readonly dtype: string
  readonly preprocess: Preprocess | PicturePreprocess
}

/** Everything that a fit starts from, wherever it came from. */
export interface FitInputs {
  /** What of it is held in memory */
  readonly plan: FitPlan
  readonly train: Split
  readonly test: Split | null
  readonly givenHead: GivenHead | null
  readonly network: UsedNetwork | null
  /** What follows the explained layer; null where only the user knows. */
  readonly activation: Activation | null
  /** The explained layer is none of the model's last ones. */
  readonly hidden: boolean
  /** Names of the outputs, where the user, the model or the data name them. */
  readonly classes: readonly string[] | null
  /** null for arrays */
  readonly treatment: PictureTreatment | null
}

/** Called while examples go through the network. */
export type OnFeatures = (done: number, total: number) => void
