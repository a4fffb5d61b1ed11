import { widened } from '../../math/float16.ts'
import { type Matrix, rowOf, zerosFloat32 } from '../../math/matrix.ts'
import type { RowLookup } from '../../math/row-lookup.ts'
import type { FeatureRows, Rows } from '../../math/rows.ts'
import { TopK } from '../../math/top-k.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { pairedBlocks } from '../head/blocks.ts'
import type { FittedHead } from './explain.ts'
import { offer } from './offer.ts'
import { type Explained, type Found, foundIn } from './search.ts'
import { Similarity } from './similarity.ts'
import { SimilarityGraph, similarityMargin } from './similarity-graph.ts'

/** What is asked of a fit. */
export interface Question {
  /** [d] */
  readonly features: ArrayLike<number>
  readonly explained: Explained
}

/** The training examples as a scan reads them, and what runs it. */
export interface ScanSource {
  /** [n, d] */
  readonly features: FeatureRows
  /** [n, c] */
  readonly alpha: Rows
  readonly runtime: Runtime
}

/** Training examples whose similarities are held at once, for each query. */
const BLOCK = 1024

/**
 * The exact k largest and k smallest representer values of many queries, by looking at every training example:
 * block by block, similarities in single precision say within a margin what a value is, and those that may be
 * among the best are made again from the stored numbers, as `Search` makes them.
 */
export class Scan {
  readonly #head: FittedHead
  readonly #source: ScanSource
  readonly #graph: SimilarityGraph
  readonly #block: BlockLookup

  private constructor(head: FittedHead, source: ScanSource, graph: SimilarityGraph) {
    this.#head = head
    this.#source = source
    this.#graph = graph
    this.#block = new BlockLookup(source.features)
  }

  static async load(head: FittedHead, source: ScanSource): Promise<Scan> {
    return new Scan(head, source, await SimilarityGraph.load(source.runtime, head.kernel))
  }

  release(): Promise<void> {
    return this.#graph.release()
  }

  /** What is found for each question; null for contrasts, which are not looked for. */
  async find(
    questions: readonly Question[],
    k: number,
    signal?: AbortSignal,
  ): Promise<readonly (Found | null)[]> {
    const asked = questions.map(question => this.#sought(question, k))
    const sought = asked.filter(one => one !== null)
    if (sought.length > 0) await this.#pass(sought, signal)
    const { rows, data } = this.#head.alpha
    return asked.map(
      one =>
        one &&
        foundIn(one.excitatory, one.inhibitory, row => data[this.#head.alpha.locate(row) + one.output], rows),
    )
  }

  #sought({ features, explained }: Question, k: number): Sought | null {
    const { kernel, index, alpha } = this.#head
    if (!('output' in explained)) return null
    const similarity = new Similarity(this.#block, kernel)
    similarity.ask(features)
    const kept = Math.min(k, alpha.rows)
    return {
      output: explained.output,
      similarity,
      margin: similarityMargin(kernel, similarity.norm, index.largestNorm),
      excitatory: new TopK(kept),
      inhibitory: new TopK(kept),
    }
  }

  /** Reads every training example once. */
  async #pass(sought: readonly Sought[], signal: AbortSignal | undefined): Promise<void> {
    const { features, alpha } = this.#source
    const queries = zerosFloat32(sought.length, features.cols)
    for (const [t, { similarity }] of sought.entries()) {
      rowOf(queries, t).set(similarity.query.subarray(0, features.cols))
    }
    for await (const { start, a, b } of pairedBlocks(features, alpha, BLOCK)) {
      signal?.throwIfAborted()
      const block = widened(a)
      this.#block.take(start, block)
      const similarities = await this.#graph.run(queries, block)
      const columns = new Map<number, Column>()
      for (const [t, one] of sought.entries()) {
        const column = columns.get(one.output) ?? columnOf(b, one.output)
        columns.set(one.output, column)
        if (column.largest > 0) look(one, column, similarities.subarray(t * block.rows), start)
      }
    }
  }
}

/** A query of one output, and what has been found for it. */
interface Sought {
  readonly output: number
  readonly similarity: Similarity
  /** By how much a similarity in single precision can be off */
  readonly margin: number
  readonly excitatory: TopK
  readonly inhibitory: TopK
}

/** α of one output in a block. */
interface Column {
  readonly alpha: Float32Array
  /** max |α| */
  readonly largest: number
}

function columnOf({ rows, cols, data }: Matrix<Float32Array>, output: number): Column {
  const alpha = new Float32Array(rows)
  let largest = 0
  for (let i = 0; i < rows; i++) {
    alpha[i] = data[i * cols + output]
    largest = Math.max(largest, Math.abs(alpha[i]))
  }
  return { alpha, largest }
}

/** Offers what may be among the best in a block that starts at row `start`. */
function look(
  { similarity, margin, excitatory, inhibitory }: Sought,
  { alpha, largest }: Column,
  similarities: Float32Array,
  start: number,
): void {
  const off = margin * largest
  let high = Math.max(0, excitatory.threshold) - off
  let low = off - Math.max(0, inhibitory.threshold)
  for (let i = 0; i < alpha.length; i++) {
    const value = alpha[i] * similarities[i]
    // What is not a number passes as well.
    if ((value <= high && value >= low) || alpha[i] === 0) continue
    const [same, opposite] = alpha[i] > 0 ? [excitatory, inhibitory] : [inhibitory, excitatory]
    offer(Math.abs(alpha[i]), similarity.of(start + i), start + i, same, opposite)
    high = Math.max(0, excitatory.threshold) - off
    low = off - Math.max(0, inhibitory.threshold)
  }
}

/** The training examples of one block after another, by their rows among all. */
class BlockLookup implements RowLookup {
  readonly rows: number
  readonly cols: number
  data: Float32Array = new Float32Array(0)
  #start = 0

  constructor({ rows, cols }: Pick<FeatureRows, 'rows' | 'cols'>) {
    this.rows = rows
    this.cols = cols
  }

  take(start: number, block: Matrix<Float32Array>): void {
    this.#start = start
    this.data = block.data
  }

  locate(i: number): number {
    return (i - this.#start) * this.cols
  }

  close(): void {}
}
