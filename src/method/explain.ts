import { expectShape, type Matrix, transpose, zeros } from '../math/matrix.ts'
import { multiply, productAt } from '../math/products.ts'
import type { RowLookup } from '../math/row-lookup.ts'
import type { BoundIndex } from './bound-index.ts'
import { type Kernel, kernelHead } from './kernel.ts'
import { PackedLists } from './packed-lists.ts'
import { type Contribution, type Explained, type Found, Search } from './search.ts'
import { Similarity } from './similarity.ts'

/** A fit and its training examples: what explaining a query needs. */
export interface FittedHead {
  /** [n, d], without the constant feature */
  readonly features: RowLookup
  /** [n, c] */
  readonly alpha: RowLookup
  /** Θ [d (+1), c] */
  readonly theta: Matrix<Float64Array>
  /** R [rows of q, c] */
  readonly residual: Matrix<Float64Array>
  /** Θ⁽ʸ⁾ of each class as one row [classes, rows of q · c]; null to sum over all examples when asked */
  readonly byClass: Matrix<Float64Array> | null
  /** The class of each training example [n], of `classCount`. */
  readonly classes: Int32Array
  readonly classCount: number
  readonly index: BoundIndex
  readonly kernel: Kernel
  /** Bytes that the heads of lists may be packed into, to be walked faster */
  readonly packed: number
}

export interface ClassSum {
  readonly class: number
  /** Σ of the representer values of all training examples of the class, in logits. */
  readonly value: number
}

/** A query taken apart by the training examples. Everything is in logits. */
export interface Decomposition {
  readonly logit: number
  /** What the logit has beside the values: a free bias's own term, else 0. */
  readonly bias: number
  readonly excitatory: readonly Contribution[]
  readonly inhibitory: readonly Contribution[]
  /** How many training examples were read to find them, features and all. */
  readonly read: number
  /** The shown values over what all values add up to; null where that is too near zero for a share to mean anything. */
  readonly covered: number | null
  readonly byClass: readonly ClassSum[]
  /** |R_jᵀq(fₜ)|: by how much all values together miss the logit. */
  readonly completenessGap: number
}

/** Sums nearer to zero than this have no share. */
const NEAR_ZERO = 1e-6

/** Explains queries against one fit, one at a time and at once. Not for use from within itself. */
export class HeadExplainer {
  readonly head: FittedHead
  readonly #similarity: Similarity
  readonly #search: Search
  /** The rows of Θ that q is multiplied with, a row for each output [c, rows of q]. */
  readonly #weight: Matrix<Float64Array>
  /** The term of each output beside its values [c]. */
  readonly #own: Float64Array
  readonly #logits: Float64Array
  /** Rᵀ [c, rows of q] */
  readonly #residual: Matrix<Float64Array>
  readonly #sums: Float64Array
  /** Θ⁽ʸ⁾ of the outputs that were explained, each [classes, rows of q]. */
  readonly #byOutput = new Map<number, Matrix<Float64Array>>()

  constructor(head: FittedHead) {
    const { weight, own } = kernelHead(head.theta, head.kernel)
    this.head = head
    this.#similarity = new Similarity(head.features, head.kernel)
    const packed = new PackedLists(head.index, head.features, head.kernel, head.packed)
    this.#search = new Search(head.index, head.alpha, this.#similarity, packed)
    this.#weight = transpose(weight)
    this.#own = own
    this.#logits = new Float64Array(own.length)
    this.#sums = new Float64Array(head.classCount)
    this.#residual = transpose(head.residual)
  }

  /** F̃Θ of one query, features [d] → logits [c]; the same array for every query. */
  logits(features: ArrayLike<number>): Float64Array {
    this.#ask(features)
    const logits = this.#logits
    multiply(this.#weight, this.#similarity.query, logits)
    for (let j = 0; j < logits.length; j++) logits[j] += this.#own[j]
    return logits
  }

  explain(features: ArrayLike<number>, explained: Explained, k: number): Decomposition {
    this.#ask(features)
    return this.decompose(explained, k)
  }

  /** Explains the query that was asked last, by `logits` or by `explain`. */
  decompose(explained: Explained, k: number): Decomposition {
    return this.#composed(explained, this.#search.find(explained, k))
  }

  /** Explains a query by what was found for it elsewhere. */
  compose(features: ArrayLike<number>, explained: Explained, found: Found): Decomposition {
    this.#ask(features)
    return this.#composed(explained, found)
  }

  #composed(explained: Explained, { excitatory, inhibitory, read }: Found): Decomposition {
    const sum = this.#along(this.#weight, explained)
    const bias = this.#ownTerm(explained)
    let shown = 0
    for (const { value } of excitatory) shown += value
    for (const { value } of inhibitory) shown += value
    return {
      logit: sum + bias,
      bias,
      excitatory,
      inhibitory,
      read,
      covered: Math.abs(sum) < NEAR_ZERO ? null : shown / sum,
      byClass: this.#classSums(explained),
      completenessGap: Math.abs(this.#along(this.#residual, explained)),
    }
  }

  #ask(features: ArrayLike<number>): void {
    if (features.length !== this.head.features.cols) {
      expectShape('features', [features.length], [this.head.features.cols])
    }
    this.#similarity.ask(features)
  }

  #ownTerm(explained: Explained): number {
    if ('output' in explained) return this.#own[explained.output]
    const [j, k] = explained.contrast
    return this.#own[j] - this.#own[k]
  }

  /** M_jᵀqₜ for a matrix Mᵀ [c, rows of q]; (M_j − M_k)ᵀqₜ for a contrast. */
  #along({ data, cols }: Matrix<Float64Array>, explained: Explained): number {
    const { query } = this.#similarity
    if ('output' in explained) return productAt(data, explained.output * cols, query)
    const [j, k] = explained.contrast
    let sum = 0
    for (let a = 0; a < cols; a++) sum += query[a] * (data[j * cols + a] - data[k * cols + a])
    return sum
  }

  #classSums(explained: Explained): ClassSum[] {
    const { byClass, classCount } = this.head
    const sums = this.#sums.fill(0)
    if (!byClass) this.#sumClasses(explained, sums)
    else if ('output' in explained)
      multiply(this.#ofOutput(byClass, explained.output), this.#similarity.query, sums)
    else {
      const [j, k] = explained.contrast.map(output => {
        const ofOutput = new Float64Array(classCount)
        multiply(this.#ofOutput(byClass, output), this.#similarity.query, ofOutput)
        return ofOutput
      })
      for (let y = 0; y < classCount; y++) sums[y] = j[y] - k[y]
    }
    const parts = new Array<ClassSum>(classCount)
    for (let y = 0; y < classCount; y++) parts[y] = { class: y, value: sums[y] }
    return parts
  }

  /** Sums the values of every training example. */
  #sumClasses(explained: Explained, sums: Float64Array): void {
    const { classes } = this.head
    for (let i = 0; i < classes.length; i++) {
      sums[classes[i]] += this.#search.alphaOf(explained, i) * this.#similarity.of(i)
    }
  }

  /** Θ⁽ʸ⁾_j of every class y, a row each, gathered when an output is first explained. */
  #ofOutput(byClass: Matrix<Float64Array>, j: number): Matrix<Float64Array> {
    const known = this.#byOutput.get(j)
    if (known) return known
    const c = this.#own.length
    const cols = this.#weight.cols
    const gathered = zeros(byClass.rows, cols)
    for (let y = 0; y < byClass.rows; y++) {
      for (let a = 0; a < cols; a++) gathered.data[y * cols + a] = byClass.data[(y * cols + a) * c + j]
    }
    this.#byOutput.set(j, gathered)
    return gathered
  }
}
