import type { RelabelAnswer, Standing } from '../app/relabel/answer.ts'
import { type RelabelOptions, relabel } from '../app/relabel/relabel.ts'
import { count, fixed, percent } from '../views/numbers.ts'
import { colour } from './colour.ts'
import { showStep } from './fit.ts'
import { Progress } from './progress.ts'
import type { Reporter } from './reporter.ts'
import { printable, table } from './text.ts'

export async function runRelabel(options: RelabelOptions, report: Reporter, quiet: boolean): Promise<void> {
  const progress = new Progress(quiet)
  try {
    const answer = await relabel({
      ...options,
      onProgress: step => {
        if (step.phase === 'features') {
          progress.show('copying features', `${count(step.done)} of ${count(step.total)}`)
        } else showStep(progress, step)
      },
    })
    progress.end()
    report.answer(answer, relabelText)
  } finally {
    progress.end()
  }
}

function relabelText(answer: RelabelAnswer): string {
  const { relabelled, excluded, kept, review, before, after } = answer
  const out = printable(answer.out)
  const share = (value: number | null) => (value === null ? '' : percent(value, 2))
  const measure = (value: number | null) => (value === null ? '' : fixed(value, 4))
  const row = (heading: string, of: (standing: Standing) => string) => [heading, of(before), of(after)]
  const rows = [
    row('training examples', ({ n }) => count(n)),
    row('accuracy on train', ({ accuracy }) => share(accuracy.train)),
    row('accuracy on test', ({ accuracy }) => share(accuracy.test)),
    row('F1 on train', ({ f1 }) => share(f1.train)),
    row('F1 on test', ({ f1 }) => share(f1.test)),
    row('R² on train', ({ r2 }) => measure(r2.train)),
    row('R² on test', ({ r2 }) => measure(r2.test)),
    row('labels disputed', ({ disputed }) => count(disputed)),
  ]
  return [
    `${colour.bold(out)}  ${count(relabelled)} relabelled, ${count(excluded)} excluded, ${count(kept)} kept, ${count(review)} to review`,
    '',
    table(
      [
        { heading: 'fit with labels' },
        { heading: 'before', align: 'right' },
        { heading: 'after', align: 'right' },
      ],
      rows.filter(([, ...values]) => values.some(value => value !== '')),
    ),
    '',
    ...answer.warnings.map(sentence => `${colour.yellow('warning')}: ${printable(sentence)}`),
    `next: ${colour.cyan(`representer suspects ${out}`)}`,
  ].join('\n')
}
