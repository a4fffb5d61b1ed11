import { expectShape, type Matrix, transpose, zeros } from '../../math/matrix.ts'
import { multiply, productAt } from '../../math/products.ts'
import type { RowLookup } from '../../math/row-lookup.ts'
import { type Kernel, kernelHead, writeQuery } from '../head/kernel.ts'
import type { BoundIndex } from '../index/bound-index.ts'
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
  /** Θ⁽ʸ⁾ of each class as one row [classes, rows of q · c]; null to sum over all examples when an output is asked for */
  readonly byClass: Matrix<Float64Array> | null
  /** The class of each training example [n], of `classCount`. */
  readonly classes: Int32Array
  readonly classCount: number
  readonly index: BoundIndex
  readonly kernel: Kernel
  /** Bytes that the fronts of lists may be packed into, to be walked faster */
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

/** Numbers of class sums by output that are kept: 64 MiB. */
export const BY_OUTPUT_NUMBERS = 2 ** 23

/** Sums nearer to zero than this have no share. */
const NEAR_ZERO = 1e-6

const shareOf = (shown: number, sum: number): number | null =>
  Math.abs(sum) < NEAR_ZERO ? null : shown / sum

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
  /** Θ⁽ʸ⁾ of outputs that were explained, each [classes, rows of q]. */
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

  /**
   * Explains the query that was asked last by the examples of one class alone; `covered` is their share of the
   * class's sum.
   */
  decomposeWithin(group: number, explained: Explained, k: number): Decomposition {
    const { classes } = this.head
    const rows = (function* () {
      for (let row = 0; row < classes.length; row++) if (classes[row] === group) yield row
    })()
    const whole = this.#composed(explained, this.#search.findAmong(rows, explained, k))
    const shown = [...whole.excitatory, ...whole.inhibitory].reduce((sum, { value }) => sum + value, 0)
    return { ...whole, covered: shareOf(shown, whole.byClass[group].value) }
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
      covered: shareOf(shown, sum),
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
    const { classCount } = this.head
    const sums = this.#sums
    const { query } = this.#similarity
    if ('output' in explained) multiply(this.#ofOutput(explained.output), query, sums)
    else {
      const [j, k] = explained.contrast.map(output => {
        const ofOutput = new Float64Array(classCount)
        multiply(this.#ofOutput(output), query, ofOutput)
        return ofOutput
      })
      for (let y = 0; y < classCount; y++) sums[y] = j[y] - k[y]
    }
    const parts = new Array<ClassSum>(classCount)
    for (let y = 0; y < classCount; y++) parts[y] = { class: y, value: sums[y] }
    return parts
  }

  /** Θ⁽ʸ⁾_j of every class y, a row each, made when an output is explained that was not lately. */
  #ofOutput(j: number): Matrix<Float64Array> {
    const known = this.#byOutput.get(j)
    if (known) return known
    const made = zeros(this.head.classCount, this.#weight.cols)
    if (this.head.byClass) this.#gather(this.head.byClass, j, made)
    else this.#sumRows(j, made)
    const most = Math.max(2, Math.floor(BY_OUTPUT_NUMBERS / made.data.length))
    // The one that was made first.
    for (const other of this.#byOutput.keys()) {
      if (this.#byOutput.size < most) break
      this.#byOutput.delete(other)
    }
    this.#byOutput.set(j, made)
    return made
  }

  #gather(byClass: Matrix<Float64Array>, j: number, into: Matrix<Float64Array>): void {
    const c = this.#own.length
    for (let y = 0; y < into.rows; y++) {
      for (let a = 0; a < into.cols; a++) {
        into.data[y * into.cols + a] = byClass.data[(y * into.cols + a) * c + j]
      }
    }
  }

  /** Sums αᵢⱼ qᵢ of every training example: as dear as its values, but for one query after another. */
  #sumRows(j: number, into: Matrix<Float64Array>): void {
    const { classes, features, alpha, kernel } = this.head
    const row = new Float64Array(features.cols)
    const q = new Float64Array(into.cols)
    for (let i = 0; i < classes.length; i++) {
      const size = alpha.data[alpha.locate(i) + j]
      if (size === 0) continue
      const at = features.locate(i)
      for (let a = 0; a < row.length; a++) row[a] = features.data[at + a]
      writeQuery(kernel, row, q)
      const start = classes[i] * into.cols
      for (let a = 0; a < q.length; a++) into.data[start + a] += size * q[a]
    }
  }
}
