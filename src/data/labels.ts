import type { Matrix } from '../math/matrix.ts'
import { UserError } from '../user-error.ts'

/** Labels of examples, as far as there are any: classes, or numbers. */
export interface Labels {
  /** Indices of `classes` where these are known, else of the outputs; null where no example has one. */
  readonly labels: Int32Array | null
  /** Labels that are no indices [n, m]: yes or no of several, or what a regression is to give; else null. */
  readonly values: Matrix<Float32Array> | null
  /** Names of the labels 0, 1, …, where the data have them. */
  readonly classes: readonly string[] | null
}

export const NO_LABELS: Labels = { labels: null, values: null, classes: null }

/** How many examples are labelled; null where none are. */
export const labelCount = ({ labels, values }: Labels): number | null =>
  labels?.length ?? values?.rows ?? null

export interface LabelOptions {
  /** What the data call the labels 0, 1, … */
  readonly names?: readonly string[] | null
  /** What messages call a row. */
  readonly place?: (row: number) => string
}

/** A column of labels as indices of named classes. Errors: UserError, naming the first row that is wrong. */
export function readLabels(
  name: string,
  values: readonly unknown[],
  { names = null, place = row => `row ${row}` }: LabelOptions = {},
): Labels {
  // What has no labels has -1 or nothing throughout.
  if (values.every(value => value === null || value === -1)) return NO_LABELS
  const refuse = (row: number, expected: string): never => {
    const value = values[row]
    const found = typeof value === 'object' && value !== null ? 'that is no name' : String(value)
    throw new UserError('value', `${name}: label ${found} at ${place(row)}, expected ${expected}`)
  }
  if (values.some(value => typeof value === 'string')) {
    values.forEach((value, row) => void (typeof value === 'string' || refuse(row, 'the name of a class')))
    const classes = [...new Set(values as string[])].sort(byCodePoints)
    const index = new Map(classes.map((value, label) => [value, label]))
    return {
      labels: Int32Array.from(values, value => index.get(value as string) ?? -1),
      values: null,
      classes,
    }
  }
  const numbers = names ? null : numbersOf(values)
  if (numbers) return { labels: null, values: numbers, classes: null }
  const limit = names?.length ?? 2 ** 31
  const labels = Int32Array.from(values, (value, row) => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < limit) return value
    return refuse(row, names ? `0 to ${limit - 1}` : 'a class index, 0 or more')
  })
  return { labels, values: null, classes: names }
}

/** Lists of numbers, all of one length, or numbers that are no indices, as a matrix; null for anything else. */
function numbersOf(values: readonly unknown[]): Matrix<Float32Array> | null {
  const rows = values.map(value => (Array.isArray(value) ? value : [value]))
  const cols = rows[0].length
  const areNumbers = rows.every(row => row.length === cols && row.every(Number.isFinite))
  if (!areNumbers || cols === 0 || values.every(isIndex)) return null
  return { rows: rows.length, cols, data: Float32Array.from(rows.flat() as number[]) }
}

const isIndex = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0

/** The order of the bytes in UTF-8. */
function byCodePoints(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)]
  const at = left.findIndex((character, i) => character !== right[i])
  if (at < 0) return left.length - right.length
  return (left[at].codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? -1)
}
