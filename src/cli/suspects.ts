import { labelWords } from '../app/explainer/suspect.ts'
import { suspectsCsv, suspectsJsonl } from '../app/suspects/export.ts'
import { type SuspectsAnswer, type SuspectsOptions, suspects } from '../app/suspects/suspects.ts'
import { count } from '../views/numbers.ts'
import { colour } from './colour.ts'
import { Progress } from './progress.ts'
import type { Reporter } from './reporter.ts'
import { scoreStepWords } from './score-step.ts'
import { printable, table } from './text.ts'

export const SUSPECT_FORMATS = ['table', 'json', 'jsonl', 'csv'] as const
export type SuspectFormat = (typeof SUSPECT_FORMATS)[number]

/** A screenful; the other formats are for programs and give all. */
const TABLE_ROWS = 20

export interface SuspectsCall extends SuspectsOptions {
  readonly format: SuspectFormat
}

export async function runSuspects(
  { format, ...options }: SuspectsCall,
  report: Reporter,
  quiet: boolean,
): Promise<void> {
  // What is neither printed nor shown need not be made.
  const most = format === 'table' && options.html === undefined ? TABLE_ROWS : undefined
  const k = options.k ?? most
  const progress = new Progress(quiet)
  const onProgress: SuspectsOptions['onProgress'] = step => progress.show(...scoreStepWords(step))
  const answer = await suspects({ ...options, ...(k !== undefined && { k }), onProgress }).finally(() =>
    progress.end(),
  )
  switch (format) {
    case 'table':
      report.answer(answer, ranked => suspectsText(ranked, options.k ?? TABLE_ROWS))
      break
    case 'json':
      report.answer(answer, suspectsJsonl)
      break
    case 'jsonl':
      report.text(suspectsJsonl(answer))
      break
    case 'csv':
      report.text(suspectsCsv(answer))
  }
  report.page(answer.page)
}

function suspectsText(answer: SuspectsAnswer, most: number): string {
  const shown = answer.suspects.slice(0, most)
  const rows = shown.map(suspect => {
    const { rank, id, label, suggested, suspicion, speakers } = suspect
    const words = (label: number) => printable(labelWords(answer, suspect, label))
    return [
      String(rank),
      printable(id),
      words(label),
      suggested === label ? colour.dim('as given') : colour.yellow(words(suggested)),
      suspicion.toPrecision(4),
      speakers?.for[0] ? printable(speakers.for[0].id) : '',
      speakers?.against[0] ? printable(speakers.against[0].id) : '',
    ]
  })
  return [
    `${colour.bold(`${count(shown.length)} of ${count(answer.n)} training examples`)}, the most suspect label first, by ${answer.score}`,
    '',
    table(
      [
        { heading: 'rank', align: 'right' },
        { heading: 'id' },
        { heading: 'given label' },
        { heading: 'suggested' },
        { heading: 'suspicion (high = worse)', align: 'right' },
        { heading: 'for it' },
        { heading: 'against it' },
      ],
      rows,
    ),
    '',
    ...nextLines(answer),
  ].join('\n')
}

function nextLines({ explainer, score, suspects: [first] }: SuspectsAnswer): string[] {
  const directory = printable(explainer)
  const commands = [
    ...(first
      ? [`representer explain ${directory} train/${first.row} --output ${first.output ?? 'label'}`]
      : []),
    `representer suspects ${directory} --score ${score} --format csv > suspects.csv`,
  ]
  return commands.map((command, at) => `${at === 0 ? 'next: ' : '      '}${colour.cyan(command)}`)
}
