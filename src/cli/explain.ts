import { type ExplainAnswer, type ExplainOptions, explain } from '../app/explain.ts'
import type { BatchStep } from '../app/explain-batch.ts'
import type { Entry, Explanation } from '../app/explanation.ts'
import { bound, count, fixed, percent, signed } from '../views/numbers.ts'
import { colour } from './colour.ts'
import { Progress } from './progress.ts'
import type { Reporter } from './reporter.ts'
import { printable, table } from './text.ts'

export async function runExplain(options: ExplainOptions, report: Reporter, quiet: boolean): Promise<void> {
  const progress = new Progress(quiet)
  const onProgress = ({ done, total }: BatchStep) =>
    progress.show('explaining the test examples', `${count(done)} of ${count(total)}`)
  try {
    const answer = await explain({ ...options, onProgress })
    progress.end()
    report.answer(answer, explainText)
    report.page(answer.page)
  } finally {
    progress.end()
  }
}

function explainText({ explanations, classes, written, explainer }: ExplainAnswer): string {
  if (written) {
    return [
      `${colour.bold(printable(written.file))}  ${count(written.count)} test examples explained`,
      '',
      `next: ${colour.cyan(`representer explain ${printable(explainer)} test/0`)}`,
    ].join('\n')
  }
  const name = (index: number) => printable(classes?.[index] ?? String(index))
  return explanations.map(explanation => explanationText(explanation, name)).join('\n\n')
}

type Name = (index: number) => string

function explanationText(explanation: Explanation, name: Name): string {
  const { input, output, contrast, label, predicted, givenLogit, fittedPrediction, byClass } = explanation
  const given = givenLogit === null ? '' : `, the given model's is ${fixed(givenLogit, 4)}`
  const isWrong = label !== null && label !== predicted
  const classRows = byClass.map(part => [part.name, bar(part.value, byClass), signed(part.value, 4)])
  return [
    `${colour.bold(printable(input))}  predicted ${colour.bold(name(predicted))}` +
      `${label === null ? '' : isWrong ? colour.yellow(`, label ${name(label)}`) : `, label ${name(label)}`}` +
      `${fittedPrediction === predicted ? '' : colour.yellow(`, the fitted head predicts ${name(fittedPrediction)}`)}`,
    `  explained: ${contrast === null ? name(output) : `${name(output)} against ${name(contrast)}`}, logit ${fixed(explanation.logit, 4)}${given}`,
    '',
    side('excitatory', explanation.excitatory, name),
    '',
    side('inhibitory', explanation.inhibitory, name),
    '',
    colour.dim('  by class, over all its training examples'),
    table(
      [{ heading: '' }, { heading: '' }, { heading: '', align: 'right' }],
      [
        ...classRows,
        [
          'sum',
          '',
          signed(
            byClass.reduce((sum, { value }) => sum + value, 0),
            4,
          ),
        ],
      ],
    ),
    '',
    closing(explanation),
  ].join('\n')
}

function side(title: string, entries: readonly Entry[], name: Name): string {
  if (entries.length === 0) return `  no ${title} example shown`
  const hue = title === 'excitatory' ? colour.blue : colour.yellow
  const rows = entries.map(({ id, label, predicted, value, alpha, similarity }) => [
    printable(id),
    label === null ? '' : name(label),
    name(predicted),
    hue(signed(value, 4)),
    alpha.toExponential(3),
    similarity.toFixed(3),
  ])
  return table(
    [
      { heading: title },
      { heading: 'label' },
      { heading: 'predicted' },
      { heading: 'value', align: 'right' },
      { heading: 'alpha', align: 'right' },
      { heading: 'similarity', align: 'right' },
    ],
    rows,
  )
}

const BAR_WIDTH = 12

/** A signed bar about a middle line, all bars on one scale. */
function bar(value: number, parts: Explanation['byClass']): string {
  const largest = parts.reduce((max, part) => Math.max(max, Math.abs(part.value)), Number.MIN_VALUE)
  const filled = '█'.repeat(Math.round((BAR_WIDTH * Math.abs(value)) / largest))
  return value < 0
    ? `${colour.yellow(filled.padStart(BAR_WIDTH))}│${' '.repeat(BAR_WIDTH)}`
    : `${' '.repeat(BAR_WIDTH)}│${colour.blue(filled.padEnd(BAR_WIDTH))}`
}

function closing({ excitatory, inhibitory, covered, logit, completenessGap, read }: Explanation): string {
  const shown = [...excitatory, ...inhibitory]
  const sum = shown.reduce((total, { value }) => total + value, 0)
  const isShare = covered !== null && covered >= 0 && covered <= 1
  const part = isShare
    ? `cover ${percent(covered)} of the logit`
    : `add up to ${signed(sum, 4)} of ${fixed(logit, 4)}`
  return colour.dim(
    `  the ${excitatory.length} + ${inhibitory.length} shown ${part}; all together add up to it within ` +
      `${bound(completenessGap)}; ${count(read)} were read to find these`,
  )
}
