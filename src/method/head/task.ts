import { argmax, type Matrix, rowOf } from '../../math/matrix.ts'
import type { Rows } from '../../math/rows.ts'

/**
 * What the outputs of the explained layer are:
 *
 *   classification   one class an example: the largest output, or the side of 0 that a single one is on
 *   multi-label      each output says yes or no for itself
 *   regression       numbers
 *   units            of a hidden layer
 */
export type Task = 'classification' | 'multi-label' | 'regression' | 'units'

/** From logits [c] to an index: of a class under classification, else of the largest output. */
export type Decide = (logits: ArrayLike<number>) => number

export function decisionOf(task: Task): Decide {
  return task === 'classification' ? decideClass : argmax
}

/** What each row of logits [n, c] is decided to be. */
export function decideRows(logits: Matrix, task: Task): Int32Array {
  const decide = decisionOf(task)
  return Int32Array.from({ length: logits.rows }, (_, i) => decide(rowOf(logits, i)))
}

/** Two classes may share one output, which is positive for the second. */
function decideClass(logits: ArrayLike<number>): number {
  return logits.length === 1 ? Number(logits[0] > 0) : argmax(logits)
}

/** As `decideRows`, of rows that may be on the disk. */
export async function decideAll(logits: Rows, task: Task): Promise<Int32Array> {
  const decided = new Int32Array(logits.rows)
  for await (const { start, matrix } of logits.blocks(4096)) decided.set(decideRows(matrix, task), start)
  return decided
}

/** How many classes c outputs tell apart. */
export const classCountOf = (c: number): number => (c === 1 ? 2 : c)
