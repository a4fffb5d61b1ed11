import { argmax, expectShape, type Matrix, rowOf } from '../math/matrix.ts'
import type { RowLookup } from '../math/rows.ts'
import type { BoundIndex } from './bound-index.ts'
import type { Bias } from './head-graph.ts'
import { type Contribution, type Explained, type Scorer, Search } from './search.ts'

/** A fit and its training examples in memory: what explaining a query needs. */
export interface FittedHead {
  /** [n, d], without the constant feature */
  readonly features: RowLookup
  /** [n, c] */
  readonly alpha: Matrix<Float32Array>
  /** Θ [d (+1), c] */
  readonly theta: Matrix<Float64Array>
  /** R [d (+1), c] */
  readonly residual: Matrix<Float64Array>
  /** Θ⁽ʸ⁾ of each class as one row [classes, (d (+1)) · c]; null to sum over all examples when asked */
  readonly byClass: Matrix<Float64Array> | null
  /** The class of each training example [n], of `classCount`. */
  readonly classes: Int32Array
  readonly classCount: number
  readonly index: BoundIndex
  readonly bias: Bias
}

export interface ClassSum {
  readonly class: number
  /** Σ of the representer values of all training examples of the class, in logits. */
  readonly value: number
}

/** A query taken apart by the training examples. Everything is in logits. */
export interface Decomposition {
  readonly logit: number
  readonly excitatory: readonly Contribution[]
  readonly inhibitory: readonly Contribution[]
  /** How many training examples were touched to find them. */
  readonly read: number
  /** The shown values over the logit; null where the logit is too near zero for a share to mean anything. */
  readonly covered: number | null
  readonly byClass: readonly ClassSum[]
  /** |R_jᵀf̃ₜ|: by how much all values together miss the logit. */
  readonly completenessGap: number
}

/** Logits nearer to zero than this have no share. */
const NEAR_ZERO = 1e-6

/** Explains queries against one fit, one at a time and at once. Not for use from within itself. */
export class HeadExplainer {
  readonly #head: FittedHead
  readonly #search: Search
  readonly #query: Float64Array
  readonly #row: Float32Array

  constructor(head: FittedHead) {
    this.#head = head
    this.#search = new Search(head.index, head.features.rows)
    this.#query = new Float64Array(head.theta.rows)
    this.#row = new Float32Array(head.features.cols)
  }

  /** F̃Θ of one query, features [d] → logits [c]. */
  logits(features: ArrayLike<number>): Float64Array {
    this.#setQuery(features)
    const { theta } = this.#head
    const logits = new Float64Array(theta.cols)
    for (let a = 0; a < theta.rows; a++) {
      const weight = this.#query[a]
      for (let j = 0; j < theta.cols; j++) logits[j] += weight * theta.data[a * theta.cols + j]
    }
    return logits
  }

  predict(features: ArrayLike<number>): number {
    return argmax(this.logits(features))
  }

  explain(features: ArrayLike<number>, explained: Explained, k: number): Decomposition {
    this.#setQuery(features)
    const { residual, theta } = this.#head
    const scorer = this.#scorer(explained)
    const found = this.#search.find(explained, scorer, k)
    const logit = this.#along(theta.data, explained)
    const shown = [...found.excitatory, ...found.inhibitory].reduce((sum, { value }) => sum + value, 0)
    return {
      logit,
      ...found,
      covered: Math.abs(logit) < NEAR_ZERO ? null : shown / logit,
      byClass: Array.from(this.#classSums(explained, scorer), (value, y) => ({ class: y, value })),
      completenessGap: Math.abs(this.#along(residual.data, explained)),
    }
  }

  #classSums(explained: Explained, scorer: Scorer): Float64Array {
    const { byClass, classes, classCount } = this.#head
    const sums = new Float64Array(classCount)
    if (byClass) return sums.map((_, y) => this.#along(rowOf(byClass, y), explained))
    for (let i = 0; i < classes.length; i++) sums[classes[i]] += scorer.alpha(i) * scorer.similarity(i)
    return sums
  }

  /** Copies f̃ₜ: the features, and the constant 1 where the bias is a row of Θ. */
  #setQuery(features: ArrayLike<number>): void {
    expectShape('features', [features.length], [this.#head.features.cols])
    this.#query.fill(1)
    this.#query.set(features)
  }

  /** f̃ₜᵀ M_j for a matrix M [d (+1), c] given by its numbers; f̃ₜᵀ(M_j − M_k) for a contrast. */
  #along(matrix: Float64Array, explained: Explained): number {
    const { cols } = this.#head.theta
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
    const { features, alpha, bias } = this.#head
    const query = this.#query
    const row = this.#row
    const { cols: c, data } = alpha
    const constant = bias === 'regularised' ? 1 : 0
    const [j, k] = 'output' in explained ? [explained.output, -1] : explained.contrast
    return {
      similarity(i) {
        features.row(i, row)
        let sum = 0
        for (let a = 0; a < row.length; a++) sum += row[a] * query[a]
        return sum + constant
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
