import { encodeCsv } from '../../formats/csv.ts'
import { encodeParquet, type ParquetType } from '../../formats/parquet-write.ts'
import type { Explainer } from '../explainer/explainer.ts'
import { type CorrectionRow, correctionsTable } from './corrections-table.ts'
import type { Review } from './decisions.ts'

export const CORRECTION_FORMATS = ['csv', 'jsonl', 'parquet'] as const
export type CorrectionsFormat = (typeof CORRECTION_FORMATS)[number]

export interface ExportChoices {
  readonly format: CorrectionsFormat
  /** Training examples that were selected, decided about or not; all decisions unless given. */
  readonly rows?: readonly number[]
}

/**
 * The decisions of a review as the bytes of a file that pandas opens and `relabel` carries out. Errors: UserError
 * `not-found` on rows that do not exist.
 */
export async function exportCorrections(
  explainer: Explainer,
  review: Review,
  { format, rows }: ExportChoices,
): Promise<Uint8Array> {
  const table = await correctionsTable(explainer, review, rows ?? null)
  return ENCODERS[format](columnsOf(explainer), table)
}

interface Column {
  readonly name: keyof CorrectionRow
  readonly type: ParquetType
  readonly nullable?: boolean
}

function columnsOf({ examples, hasLabelValues, manifest }: Explainer): Column[] {
  const label = { type: hasLabelValues ? 'double' : manifest.classes ? 'string' : 'int32' } as const
  return [
    { name: 'id', type: 'string' },
    ...(examples.paths ? [{ name: 'path', type: 'string' } as const] : []),
    ...(hasLabelValues ? [{ name: 'output', type: 'string' } as const] : []),
    { name: 'given_label', ...label },
    { name: 'new_label', ...label, nullable: true },
    { name: 'action', type: 'string', nullable: true },
    { name: 'suspicion', type: 'double', nullable: true },
    { name: 'rank', type: 'int32', nullable: true },
    { name: 'suggested_label', ...label },
    { name: 'reviewer', type: 'string', nullable: true },
    { name: 'reviewed_at', type: 'string', nullable: true },
    { name: 'note', type: 'string', nullable: true },
    { name: 'is_label_issue', type: 'boolean', nullable: true },
    { name: 'label_score', type: 'double', nullable: true },
    { name: 'predicted_label', ...label },
  ]
}

type Encode = (columns: readonly Column[], rows: readonly CorrectionRow[]) => Uint8Array

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

const ENCODERS: { readonly [F in CorrectionsFormat]: Encode } = {
  csv: (columns, rows) =>
    utf8(
      encodeCsv(
        columns.map(({ name }) => name),
        rows.map(row => columns.map(({ name }) => csvCell(row[name]))),
      ),
    ),
  jsonl: (columns, rows) =>
    utf8(
      rows
        .map(
          row =>
            `${JSON.stringify(
              row,
              columns.map(({ name }) => name),
            )}\n`,
        )
        .join(''),
    ),
  parquet: (columns, rows) =>
    encodeParquet(columns.map(column => ({ ...column, values: rows.map(row => row[column.name]) }))),
}

/** Truth as pandas writes it. */
function csvCell(value: CorrectionRow[keyof CorrectionRow]): string | number | null {
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return value ?? null
}
