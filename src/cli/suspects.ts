import pc from 'picocolors'
import { writeSuspectsHtml } from '../app/html.ts'
import { type SuspectsAnswer, type SuspectsOptions, suspects } from '../app/suspects.ts'
import { suspectsCsv, suspectsJsonl } from '../app/suspects-export.ts'
import type { Reporter } from './reporter.ts'
import { count, printable, table } from './text.ts'

export const SUSPECT_FORMATS = ['table', 'json', 'jsonl', 'csv'] as const
export type SuspectFormat = (typeof SUSPECT_FORMATS)[number]

/** A screenful; the other formats are for programs and give all. */
const TABLE_ROWS = 20

export interface SuspectsCall extends SuspectsOptions {
  readonly format: SuspectFormat
  readonly html?: string
}

export async function runSuspects(
  { format, html, ...options }: SuspectsCall,
  report: Reporter,
): Promise<void> {
  const k = options.k ?? (format === 'table' ? TABLE_ROWS : undefined)
  const answer = await suspects({ ...options, ...(k !== undefined && { k }) })
  if (html !== undefined) report.page(await writeSuspectsHtml(html, answer))
  switch (format) {
    case 'table':
    case 'json':
      report.answer(answer, suspectsText)
      return
    case 'jsonl':
      report.text(suspectsJsonl(answer))
      return
    case 'csv':
      report.text(suspectsCsv(answer))
  }
}

function suspectsText(answer: SuspectsAnswer): string {
  const name = (label: number) => printable(answer.classes?.[label] ?? String(label))
  const rows = answer.suspects.map(({ rank, id, label, suggested, suspicion }) => [
    String(rank),
    printable(id),
    name(label),
    suggested === label ? pc.dim('as given') : pc.yellow(name(suggested)),
    suspicion.toPrecision(4),
  ])
  return [
    `${pc.bold(`${count(answer.suspects.length)} of ${count(answer.n)} training examples`)}, the most suspect label first`,
    '',
    table(
      [
        { heading: 'rank', align: 'right' },
        { heading: 'id' },
        { heading: 'given label' },
        { heading: 'suggested' },
        { heading: 'suspicion (high = worse)', align: 'right' },
      ],
      rows,
    ),
    '',
    `next: ${pc.cyan(`representer explain ${printable(answer.explainer)} train/${answer.suspects[0]?.row ?? 0} --output label`)}`,
    `      ${pc.cyan(`representer suspects ${printable(answer.explainer)} --format csv > suspects.csv`)}`,
  ].join('\n')
}
