/** Where the focus is in a table: its heads are row 0 and column 0. */
export interface TableCell {
  readonly row: number
  readonly column: number
}

/** How many rows and columns there are, with the heads */
export interface TableSize {
  readonly rows: number
  readonly columns: number
}

interface Key {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
}

/**
 * Where a key moves the focus: an arrow by one cell, Home and End along the row, with control to the corners.
 * The corner above the heads is no cell. null for keys that do not move it.
 */
export function moved(from: TableCell, { key, ctrlKey, metaKey }: Key, size: TableSize): TableCell | null {
  const [lastRow, lastColumn] = [size.rows - 1, size.columns - 1]
  const far = ctrlKey || metaKey
  const { row, column } = from
  const to: Record<string, TableCell> = {
    ArrowUp: { row: far ? 0 : row - 1, column },
    ArrowDown: { row: far ? lastRow : row + 1, column },
    ArrowLeft: { row, column: far ? 0 : column - 1 },
    ArrowRight: { row, column: far ? lastColumn : column + 1 },
    Home: far ? { row: 1, column: 1 } : { row, column: 0 },
    End: far ? { row: lastRow, column: lastColumn } : { row, column: lastColumn },
  }
  if (!Object.hasOwn(to, key)) return null
  const within = {
    row: Math.min(Math.max(to[key].row, 0), lastRow),
    column: Math.min(Math.max(to[key].column, 0), lastColumn),
  }
  return within.row === 0 && within.column === 0 ? from : within
}
