import pc from 'picocolors'
import { type ExplainAnswer, type ExplainOptions, explain } from '../app/explain.ts'
import type { Entry, Explanation } from '../app/explanation.ts'
import { explainWithHtml } from '../app/html.ts'
import type { Reporter } from './reporter.ts'
import { count, logit, percent, printable, signed, table, tiny } from './text.ts'

export interface ExplainCall extends ExplainOptions {
  readonly html?: string
}

export async function runExplain({ html, ...options }: ExplainCall, report: Reporter): Promise<void> {
  if (html === undefined) {
    report.answer(await explain(options), explainText)
    return
  }
  const { answer, page } = await explainWithHtml(options, html)
  report.answer(answer, explainText)
  report.page(page)
}

function explainText({ explanations, classes }: ExplainAnswer): string {
  const name = (index: number) => printable(classes?.[index] ?? String(index))
  return explanations.map(explanation => explanationText(explanation, name)).join('\n\n')
}

type Name = (index: number) => string

function explanationText(explanation: Explanation, name: Name): string {
  const { input, output, contrast, label, predicted, givenLogit, fittedPrediction, byClass } = explanation
  const given = givenLogit === null ? '' : `, the given model's is ${logit(givenLogit)}`
  const isWrong = label !== null && label !== predicted
  const classRows = byClass.map(part => [part.name, bar(part.value, byClass), signed(part.value)])
  return [
    `${pc.bold(printable(input))}  predicted ${pc.bold(name(predicted))}` +
      `${label === null ? '' : isWrong ? pc.yellow(`, label ${name(label)}`) : `, label ${name(label)}`}` +
      `${fittedPrediction === predicted ? '' : pc.yellow(`, the fitted head predicts ${name(fittedPrediction)}`)}`,
    `  explained: ${contrast === null ? name(output) : `${name(output)} against ${name(contrast)}`}, logit ${logit(explanation.logit)}${given}`,
    '',
    side('excitatory', explanation.excitatory, name),
    '',
    side('inhibitory', explanation.inhibitory, name),
    '',
    pc.dim('  by class, over all its training examples'),
    table(
      [{ heading: '' }, { heading: '' }, { heading: '', align: 'right' }],
      [...classRows, ['sum', '', signed(byClass.reduce((sum, { value }) => sum + value, 0))]],
    ),
    '',
    closing(explanation),
  ].join('\n')
}

function side(title: string, entries: readonly Entry[], name: Name): string {
  if (entries.length === 0) return `  no ${title} example`
  const hue = title === 'excitatory' ? pc.blue : pc.yellow
  const rows = entries.map(({ id, label, predicted, value, alpha, similarity }) => [
    printable(id),
    label === null ? '' : name(label),
    name(predicted),
    hue(signed(value)),
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
  const largest = Math.max(...parts.map(part => Math.abs(part.value)), Number.MIN_VALUE)
  const filled = '█'.repeat(Math.round((BAR_WIDTH * Math.abs(value)) / largest))
  return value < 0
    ? `${pc.yellow(filled.padStart(BAR_WIDTH))}│${' '.repeat(BAR_WIDTH)}`
    : `${' '.repeat(BAR_WIDTH)}│${pc.blue(filled.padEnd(BAR_WIDTH))}`
}

function closing({
  excitatory,
  inhibitory,
  covered,
  logit: whole,
  completenessGap,
  read,
}: Explanation): string {
  const shown = [...excitatory, ...inhibitory]
  const sum = shown.reduce((total, { value }) => total + value, 0)
  const isShare = covered !== null && covered >= 0 && covered <= 1
  const part = isShare
    ? `cover ${percent(covered, 1)} of the logit`
    : `add up to ${signed(sum)} of ${logit(whole)}`
  return pc.dim(
    `  the ${excitatory.length} + ${inhibitory.length} shown ${part}; all together add up to it within ` +
      `${tiny(completenessGap)}; ${count(read)} were read to find these`,
  )
}
