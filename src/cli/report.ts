import { type ReportAnswer, type ReportOptions, report } from '../app/report.ts'
import { count } from '../views/numbers.ts'
import { colour } from './colour.ts'
import { Progress } from './progress.ts'
import type { Reporter } from './reporter.ts'
import { printable } from './text.ts'

export async function runReport(options: ReportOptions, reporter: Reporter, quiet: boolean): Promise<void> {
  const progress = new Progress(quiet)
  try {
    const answer = await report({
      ...options,
      onProgress: ({ phase, done, total }) =>
        progress.show(PHASES[phase], `${count(done)} of ${count(total)}`),
    })
    progress.end()
    reporter.notes(answer.missing.map(sentence => `shown without pictures: ${sentence}`))
    reporter.answer(answer, reportText)
  } finally {
    progress.end()
  }
}

const PHASES = { examples: 'explaining examples', pictures: 'writing pictures' } as const

function reportText({ out, explained, pictures }: ReportAnswer): string {
  return [
    `${colour.bold(printable(out))}  ${count(explained)} examples explained, ${count(pictures)} pictures`,
    '',
    `next: open ${colour.cyan(`${printable(out)}/index.html`)} in a browser; the folder needs no server and can be moved`,
  ].join('\n')
}
