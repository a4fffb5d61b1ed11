import { expectShape, type Matrix, rowOf } from '../math/matrix.ts'
import type { RowLookup } from '../math/rows.ts'
import type { BoundIndex } from './bound-index.ts'
import { type Kernel, kernelHead, writeQuery } from './kernel.ts'
import { type Contribution, type Explained, type Scorer, Search } from './search.ts'

/** A fit and its training examples in memory: what explaining a query needs. */
export interface FittedHead {
  /** [n, d], without the constant feature */
  readonly features: RowLookup
  /** [n, c] */
  readonly alpha: Matrix<Float32Array>
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
  /** How many training examples were touched to find them. */
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
  readonly #head: FittedHead
  /** The rows of Θ that q is multiplied with. */
  readonly #weight: Matrix<Float64Array>
  /** The term of each output beside its values [c]. */
  readonly #own: Float64Array
  readonly #search: Search
  readonly #query: Float64Array
  readonly #row: Float32Array

  constructor(head: FittedHead) {
    this.#head = head
    this.#search = new Search(head.index, head.features.rows)
    const { weight, own } = kernelHead(head.theta, head.kernel)
    this.#weight = weight
    this.#own = own
    this.#query = new Float64Array(weight.rows)
    this.#row = new Float32Array(head.features.cols)
  }

  /** F̃Θ of one query, features [d] → logits [c]. */
  logits(features: ArrayLike<number>): Float64Array {
    this.#setQuery(features)
    const { rows, cols, data } = this.#weight
    const logits = this.#own.slice()
    for (let a = 0; a < rows; a++) {
      const x = this.#query[a]
      for (let j = 0; j < cols; j++) logits[j] += x * data[a * cols + j]
    }
    return logits
  }

  explain(features: ArrayLike<number>, explained: Explained, k: number): Decomposition {
    this.#setQuery(features)
    const scorer = this.#scorer(explained)
    const found = this.#search.find(explained, scorer, k)
    const sum = this.#along(this.#weight.data, explained)
    const bias = this.#ownTerm(explained)
    const shown = [...found.excitatory, ...found.inhibitory].reduce((sum, { value }) => sum + value, 0)
    return {
      logit: sum + bias,
      bias,
      ...found,
      covered: Math.abs(sum) < NEAR_ZERO ? null : shown / sum,
      byClass: Array.from(this.#classSums(explained, scorer), (value, y) => ({ class: y, value })),
      completenessGap: Math.abs(this.#along(this.#head.residual.data, explained)),
    }
  }

  #classSums(explained: Explained, scorer: Scorer): Float64Array {
    const { byClass, classes, classCount } = this.#head
    const sums = new Float64Array(classCount)
    if (byClass) return sums.map((_, y) => this.#along(rowOf(byClass, y), explained))
    for (let i = 0; i < classes.length; i++) sums[classes[i]] += scorer.alpha(i) * scorer.similarity(i)
    return sums
  }

  #setQuery(features: ArrayLike<number>): void {
    expectShape('features', [features.length], [this.#head.features.cols])
    writeQuery(this.#head.kernel, features, this.#query)
  }

  #ownTerm(explained: Explained): number {
    if ('output' in explained) return this.#own[explained.output]
    const [j, k] = explained.contrast
    return this.#own[j] - this.#own[k]
  }

  /** qₜᵀ M_j for a matrix M [rows of q, c] given by its numbers; qₜᵀ(M_j − M_k) for a contrast. */
  #along(matrix: Float64Array, explained: Explained): number {
    const { cols } = this.#weight
    const query = this.#query
    let sum = 0
    if ('output' in explained) {
      for (let a = 0; a < query.length; a++) sum += query[a] * matrix[a * cols + explained.output]
      return sum
    }
    const [j, k] = explained.contrast
    for (let a = 0; a < query.length; a++) sum += query[a] * (matrix[a * cols + j] - matrix[a * cols + k])
    return sum
  }

  #scorer(explained: Explained): Scorer {
    const { features, alpha, kernel } = this.#head
    const query = this.#query
    const row = this.#row
    const { cols: c, data } = alpha
    const constant = kernel.constant ? 1 : 0
    const { mean } = kernel
    const [j, k] = 'output' in explained ? [explained.output, -1] : explained.contrast
    return {
      similarity(i) {
        features.row(i, row)
        let sum = constant
        if (mean) for (let a = 0; a < row.length; a++) sum += (row[a] - mean[a]) * query[a]
        else for (let a = 0; a < row.length; a++) sum += row[a] * query[a]
        return sum
      },
      alpha: i => (k < 0 ? data[i * c + j] : data[i * c + j] - data[i * c + k]),
      queryNorm: scaledNorm(query),
      nonNegative: query.every(x => x >= 0),
    }
  }
}

/** ‖q‖ without underflow or overflow on the way. */
function scaledNorm(q: Float64Array): number {
  const largest = q.reduce((max, x) => Math.max(max, Math.abs(x)), 0)
  if (largest === 0) return 0
  return largest * Math.sqrt(q.reduce((sum, x) => sum + (x / largest) ** 2, 0))
}
