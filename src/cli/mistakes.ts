import {
  type CellAnswer,
  type FrequentExample,
  type MistakesAnswer,
  type MistakesOptions,
  mistakes,
} from '../app/mistakes.ts'
import { count, percent } from '../views/numbers.ts'
import { colour } from './colour.ts'
import type { Reporter } from './reporter.ts'
import { printable, table } from './text.ts'

export async function runMistakes(options: MistakesOptions, report: Reporter): Promise<void> {
  report.answer(await mistakes(options), mistakesText)
}

/** With more classes a matrix is no longer readable; JSON has it whole. */
const MATRIX_CLASSES = 20
/** A screenful of the most frequent mistakes. */
const SHOWN_CELLS = 10
const SHOWN_EXAMPLES = 12

type Name = (index: number) => string

function mistakesText(answer: MistakesAnswer): string {
  const { classes, split, n, accuracy, matrix, cells, cell } = answer
  const name: Name = index => printable(classes?.[index] ?? String(index))
  const examples = split === 'train' ? 'training examples' : 'test examples'
  const wrong = cells.reduce((sum, cell) => sum + cell.count, 0)
  return [
    `${colour.bold(printable(answer.explainer))}  ${count(n)} ${examples}, ${count(wrong)} mispredicted, accuracy ${percent(accuracy, 2)}`,
    '',
    ...(matrix.length <= MATRIX_CLASSES ? [matrixText(matrix, name), ''] : []),
    ...(cell ? cellText(answer, cell, name) : cellsText(answer, name)),
  ].join('\n')
}

/** Columns are headed by indices where the names would not fit on a terminal. */
const MATRIX_WIDTH = 90

function matrixText(matrix: MistakesAnswer['matrix'], name: Name): string {
  const names = matrix.map((_, j) => name(j))
  const isNarrow = names.reduce((width, { length }) => width + length + 2, 0) <= MATRIX_WIDTH
  const rowNames = isNarrow ? names : names.map((text, j) => `${j} ${text}`)
  return table(
    [
      { heading: 'true \\ predicted' },
      ...names.map((text, j) => ({ heading: isNarrow ? text : String(j), align: 'right' as const })),
    ],
    matrix.map((row, label) => [
      rowNames[label],
      ...row.map((examples, predicted) => {
        if (label === predicted) return colour.bold(count(examples))
        return examples === 0 ? colour.dim('·') : colour.yellow(count(examples))
      }),
    ]),
  )
}

function cellsText(answer: MistakesAnswer, name: Name): string[] {
  const { cells, matrix, split, explainer } = answer
  if (cells.length === 0) return ['  no mistakes']
  const shown = cells.slice(0, SHOWN_CELLS)
  const rows = shown.map(({ label, predicted, count: examples }) => [
    name(label),
    name(predicted),
    count(examples),
    percent(examples / matrix[label].reduce((sum, x) => sum + x, 0)),
  ])
  const [{ label, predicted }] = cells
  return [
    colour.dim(`  the ${count(shown.length)} most frequent of ${count(cells.length)} kinds of mistakes`),
    table(
      [
        { heading: 'true' },
        { heading: 'predicted' },
        { heading: 'count', align: 'right' },
        { heading: 'of the true class', align: 'right' },
      ],
      rows,
    ),
    '',
    `next: ${colour.cyan(`representer mistakes ${printable(explainer)} --split ${split} --cell ${argument(answer, label)},${argument(answer, predicted)}`)}`,
  ]
}

/** A class as a shell and `--cell` take it: its name where that is one plain word, else its index. */
function argument({ classes }: MistakesAnswer, index: number): string {
  const name = classes?.[index] ?? ''
  return /^[\p{L}\p{N}_.][\p{L}\p{N}_.-]*$/u.test(name) ? name : String(index)
}

function cellText({ explainer, split }: MistakesAnswer, cell: CellAnswer, name: Name): string[] {
  const { label, predicted, examples } = cell
  const shown = examples.slice(0, SHOWN_EXAMPLES).map(({ id }) => printable(id))
  const next = `representer explain ${printable(explainer)} ${split}/${examples[0].row} --contrast predicted,label`
  return [
    `  ${colour.bold(`${name(label)} predicted ${name(predicted)}`)}: ${count(cell.count)} ${cell.count === 1 ? 'example' : 'examples'}`,
    `  ${shown.join(', ')}${examples.length > shown.length ? ', …' : ''}`,
    '',
    frequentText(`most often inhibitory for ${name(label)}`, cell.inhibitory, cell, name),
    '',
    frequentText(`most often excitatory for ${name(predicted)}`, cell.excitatory, cell, name),
    '',
    `  ${trainingText(cell, name)}`,
    '',
    `next: ${colour.cyan(next)}`,
  ]
}

function frequentText(
  title: string,
  frequent: readonly FrequentExample[],
  cell: CellAnswer,
  name: Name,
): string {
  if (frequent.length === 0) return `  ${title}: none`
  return table(
    [
      { heading: title },
      { heading: 'label' },
      { heading: 'predicted' },
      { heading: 'in the top of', align: 'right' },
      { heading: '', align: 'right' },
    ],
    frequent.map(({ id, label, predicted, times, share }) => [
      printable(id),
      label === null ? '' : name(label),
      name(predicted),
      `${count(times)} of ${count(cell.count)}`,
      percent(share),
    ]),
  )
}

/** Whether the training mistakes tell the same story. */
function trainingText({ label, predicted, training }: CellAnswer, name: Name): string {
  if (training === null) return 'the training examples have no labels to compare this with'
  const { mistakes, same, share, rank } = training
  if (share === null) return `no training example of ${name(label)} is mispredicted`
  const of = `of ${count(mistakes)} mispredicted training ${mistakes === 1 ? 'example' : 'examples'} of ${name(label)}`
  if (rank === null) return `${of}, none is predicted ${name(predicted)}`
  const place =
    rank === 1
      ? `no other confusion of ${name(label)} is more frequent there`
      : `number ${rank} among the confusions of ${name(label)} there`
  return `${of}, ${count(same)} ${same === 1 ? 'is' : 'are'} predicted ${name(predicted)} (${percent(share)}): ${place}`
}
