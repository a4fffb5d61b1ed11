import type { Bytes } from './bytes.ts'
import { formatError } from './format-error.ts'

/** A table that is read row by row, whatever kind of file it stands in. */
export interface Table {
  readonly name: string
  readonly columns: readonly string[]
  /** Whether cells are text, whatever they mean. */
  readonly isText: boolean
  /** What the file says beside its rows, by key, such as `huggingface`. */
  readonly metadata: ReadonlyMap<string, string>
  /** What messages call the row that was handed over with `at`: `line 3`. */
  place(at: number): string
  /**
   * Hands over the cells of `columns`, in that order, row after row. The array of cells is the taker's only
   * until it returns.
   *
   * @throws UserError `format` where the file is damaged or a row is none of this table.
   */
  read(columns: readonly string[], take: TakeRow): Promise<void>
}

export type TakeRow = (cells: readonly unknown[], at: number) => void

/** Columns are found by their names, so each has one of its own. */
export function expectNames(file: Bytes, columns: readonly string[]): void {
  const seen = new Set<string>()
  for (const [k, column] of columns.entries()) {
    if (column.trim() === '')
      throw formatError(file, `column ${k + 1} has no name, expected one, name it or leave it out`)
    if (seen.has(column)) throw formatError(file, `column ${column} twice, expected each once, rename one`)
    seen.add(column)
  }
}
