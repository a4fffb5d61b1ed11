import {
  type FeatureRows,
  type Rows,
  type StoredArray,
  type StoredMatrix,
  storedArray,
  storedArrayOf,
  storedMatrix,
} from '../../math/rows.ts'
import { blockRows, pairedBlocks } from '../head/blocks.ts'

/** Numbers that are held back, of all classes together: 64 MiB in single precision. */
const HELD_NUMBERS = 2 ** 24

/** Rows of one class, in order but not side by side where they came from. Valid until the next. */
export interface ClassBlock {
  readonly of: number
  readonly features: StoredMatrix
  readonly alpha: StoredMatrix
}

/**
 * Rows of features and α by their class, in one pass: a class is handed on whenever as many of its rows have
 * come as are worth a run of a graph, and what is left of each at the end.
 */
export async function* blocksByClass(
  features: FeatureRows,
  alpha: Rows,
  classes: Int32Array,
  classCount: number,
): AsyncGenerator<ClassBlock> {
  const width = features.cols + alpha.cols
  const size = Math.max(1, Math.min(blockRows(width), Math.floor(HELD_NUMBERS / width / classCount)))
  const held = new Map<number, HeldRows>()
  for await (const { start, a, b } of pairedBlocks(features, alpha, blockRows(width))) {
    for (let i = 0; i < a.rows; i++) {
      const of = classes[start + i]
      const rows = held.get(of) ?? new HeldRows(of, size, a, b)
      held.set(of, rows)
      if (rows.add(i, a, b) === size) yield rows.take()
    }
  }
  for (const rows of held.values()) if (rows.count > 0) yield rows.take()
}

/** Room for so many rows of one class. */
class HeldRows {
  readonly #features: StoredArray
  readonly #alpha: StoredArray
  readonly #cols: readonly [d: number, c: number]
  count = 0

  constructor(
    readonly of: number,
    size: number,
    features: StoredMatrix,
    alpha: StoredMatrix,
  ) {
    this.#cols = [features.cols, alpha.cols]
    this.#features = storedArrayOf('bits' in features ? 'float16' : 'float32', size * features.cols)
    this.#alpha = storedArrayOf('float32', size * alpha.cols)
  }

  /** Takes row i of both, and answers how many are held now. */
  add(i: number, features: StoredMatrix, alpha: StoredMatrix): number {
    copyRow(features, i, this.#features, this.count)
    copyRow(alpha, i, this.#alpha, this.count)
    return ++this.count
  }

  /** What is held; nothing is then. */
  take(): ClassBlock {
    const { of, count } = this
    const [d, c] = this.#cols
    this.count = 0
    return {
      of,
      features: storedMatrix(count, d, this.#features),
      alpha: storedMatrix(count, c, this.#alpha),
    }
  }
}

function copyRow(from: StoredMatrix, i: number, to: StoredArray, k: number): void {
  const { cols } = from
  to.set(storedArray(from).subarray(i * cols, (i + 1) * cols), k * cols)
}
