import type { BatchStep } from '../app/explain/batch.ts'
import { type ExplainAnswer, type ExplainOptions, explain } from '../app/explain/explain.ts'
import type { Entry, Explanation } from '../app/explainer/explanation.ts'
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

function explainText(answer: ExplainAnswer): string {
  const { explanations, written, explainer } = answer
  if (written) {
    return [
      `${colour.bold(printable(written.file))}  ${count(written.count)} test examples explained`,
      '',
      `next: ${colour.cyan(`representer explain ${printable(explainer)} test/0`)}`,
    ].join('\n')
  }
  const names = namesOf(answer)
  const texts = explanations.map(explanation => explanationText(explanation, names))
  return [...texts, ...warningOf(answer)].join('\n\n')
}

/** Said once, below what it is about. */
function warningOf({ status }: ExplainAnswer): string[] {
  if (status === 'converged') return []
  return [`${colour.yellow('warning')}: the fit is ${status}: look at by how much the values miss the logit`]
}

/** What indices are called: classes of labels, outputs, and what examples are predicted. */
interface Printed {
  readonly label: (index: number) => string
  readonly output: (index: number) => string
  readonly predicted: (index: number) => string
  /** What the prediction is of. */
  readonly verb: string
  readonly isClass: boolean
}

const VERBS: { readonly [K in ExplainAnswer['task']]: string } = {
  classification: 'predicted',
  'multi-label': 'largest output',
  regression: 'largest output',
  units: 'most active:',
}

function namesOf({ task, classes, outputs }: ExplainAnswer): Printed {
  const named =
    (names: readonly string[] | null, kind = '') =>
    (index: number) =>
      printable(names?.[index] ?? `${kind}${index}`)
  const [label, output] = [named(classes), named(outputs, task === 'units' ? 'unit ' : '')]
  const isClass = task === 'classification'
  return { label, output, predicted: isClass ? label : output, verb: VERBS[task], isClass }
}

function explanationText(explanation: Explanation, names: Printed): string {
  const {
    input,
    output,
    contrast,
    label,
    labelValue,
    predicted,
    givenLogit,
    fittedPrediction,
    bias,
    byClass,
  } = explanation
  const given = givenLogit === null ? '' : `, the given model's is ${fixed(givenLogit, 4)}`
  const isWrong = label !== null && label !== predicted && names.isClass
  return [
    `${colour.bold(printable(input))}  ${names.verb} ${colour.bold(names.predicted(predicted))}` +
      `${label === null ? '' : isWrong ? colour.yellow(`, label ${names.label(label)}`) : `, label ${names.label(label)}`}` +
      `${fittedPrediction === predicted ? '' : colour.yellow(`, the fitted head predicts ${names.predicted(fittedPrediction)}`)}`,
    ...(labelValue === null ? [] : [`  its label: ${Number(labelValue.toPrecision(5))}`]),
    `  explained: ${contrast === null ? names.output(output) : `${names.output(output)} against ${names.output(contrast)}`}, logit ${fixed(explanation.logit, 4)}${given}`,
    '',
    side('excitatory', explanation.excitatory, names),
    '',
    side('inhibitory', explanation.inhibitory, names),
    '',
    ...(byClass.length < 2 && bias === 0 ? [] : byClassLines(explanation, names)),
    closing(explanation),
  ].join('\n')
}

/** The sums by class; a single one says nothing. */
function byClassLines({ byClass, bias, label }: Explanation, { isClass }: Printed): string[] {
  const classRows = byClass.map(part => [part.name, bar(part.value, byClass), signed(part.value, 4)])
  return [
    colour.dim(
      `  by ${isClass || label !== null ? 'class' : 'largest output'}, over all its training examples`,
    ),
    table(
      [{ heading: '' }, { heading: '' }, { heading: '', align: 'right' }],
      [
        ...classRows,
        ...(bias === 0 ? [] : [['bias', '', signed(bias, 4)]]),
        [
          'sum',
          '',
          signed(
            byClass.reduce((sum, { value }) => sum + value, bias),
            4,
          ),
        ],
      ],
    ),
    '',
  ]
}

function side(title: string, entries: readonly Entry[], names: Printed): string {
  if (entries.length === 0) return `  no ${title} example shown`
  const hue = title === 'excitatory' ? colour.blue : colour.yellow
  const rows = entries.map(({ id, label, labelValue, predicted, value, alpha, similarity }) => [
    printable(id),
    label !== null
      ? names.label(label)
      : labelValue === null
        ? ''
        : String(Number(labelValue.toPrecision(5))),
    ...(names.isClass ? [names.predicted(predicted)] : []),
    hue(signed(value, 4)),
    alpha.toExponential(3),
    similarity.toFixed(3),
  ])
  return table(
    [
      { heading: title },
      { heading: 'label' },
      ...(names.isClass ? [{ heading: 'predicted' }] : []),
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

function closing(explanation: Explanation): string {
  const { excitatory, inhibitory, covered, logit, bias, completenessGap, read } = explanation
  const whole = bias === 0 ? 'the logit' : 'the logit without its bias'
  const shown = [...excitatory, ...inhibitory]
  const sum = shown.reduce((total, { value }) => total + value, 0)
  const isShare = covered !== null && covered >= 0 && covered <= 1
  const part = isShare
    ? `cover ${percent(covered)} of ${whole}`
    : `add up to ${signed(sum, 4)} of ${fixed(logit - bias, 4)}`
  return colour.dim(
    `  the ${excitatory.length} + ${inhibitory.length} shown ${part}; all together add up to it within ` +
      `${bound(completenessGap)}; ${count(read)} were read to find these`,
  )
}
