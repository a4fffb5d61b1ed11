import { type Matrix, rowOf } from '../math/matrix.ts'
import {
  type Cell,
  type ConfusionShare,
  confusionMatrix,
  confusionShare,
  mostFrequentRows,
  rankCells,
  rowsOfCell,
} from '../method/explain/mistakes.ts'
import { UserError } from '../user-error.ts'
import { resolveK } from './explainer/expect-query.ts'
import type { Explainer } from './explainer/explainer.ts'
import type { Examples } from './explainer/files.node.ts'
import { openExplainer } from './explainer/open.ts'
import type { SplitName } from './explainer/stored-splits.ts'

export interface MistakesOptions {
  readonly directory: string
  /** `test` unless told, where there are labels of test examples; else `train` */
  readonly split?: SplitName
  /** A true class and what it is taken for, by name or index: which training examples stand behind that. */
  readonly cell?: readonly [number | string, number | string]
  /** How deep the top of each example of the cell goes, and how many training examples are answered at most; 10 unless told. */
  readonly k?: number
  /** Compare every checksum of the explainer first. */
  readonly verify?: boolean
  /** How much of the explainer is held in memory at most: bytes, or text such as `2GiB`; all of it unless told. */
  readonly memory?: number | string
}

/** A training example that stands among the top of several mistakes. Labels are indices. */
export interface FrequentExample {
  readonly row: number
  readonly id: string
  /** null where there is none */
  readonly label: number | null
  readonly predicted: number
  /** Among the top k of how many examples of the cell it stands */
  readonly times: number
  /** times over the count of the cell */
  readonly share: number
}

/** What stands behind one kind of mistake. */
export interface CellAnswer extends Cell {
  /** The examples of the cell, of the split */
  readonly examples: readonly { readonly row: number; readonly id: string }[]
  /** Most often among the top k inhibitory for the true class */
  readonly inhibitory: readonly FrequentExample[]
  /** Most often among the top k excitatory for the predicted class */
  readonly excitatory: readonly FrequentExample[]
  /** The same confusion among the mistakes of its true class in the training set; null without training labels */
  readonly training: ConfusionShare | null
}

export interface MistakesAnswer {
  readonly schemaVersion: 1
  readonly explainer: string
  readonly classes: readonly string[] | null
  readonly split: SplitName
  readonly n: number
  readonly accuracy: number
  /** How many examples of each class (rows) are predicted each class (columns) */
  readonly matrix: readonly (readonly number[])[]
  /** The mistakes, the most frequent first */
  readonly cells: readonly Cell[]
  /** null where none was asked for */
  readonly cell: CellAnswer | null
}

/**
 * Counts what is taken for what and, for one kind of mistake, finds the training examples that most often
 * speak against the true class and for the wrong one (Yeh et al. 2018, section 4.3). Errors: UserError where
 * the split has no labels, and on classes and cells that do not exist.
 */
export async function mistakes(options: MistakesOptions): Promise<MistakesAnswer> {
  const { directory, cell, k: asked, split: named, ...opening } = options
  const k = resolveK(asked)
  const explainer = await openExplainer(directory, opening)
  try {
    const counted = await countMistakes(explainer, named)
    return { ...counted, cell: cell ? await explainMistakes(explainer, counted.split, cell, k) : null }
  } finally {
    await explainer.close()
  }
}

/** Counts what is taken for what among the examples of a split of an explainer that is open. */
export async function countMistakes(
  explainer: Explainer,
  named?: SplitName,
): Promise<Omit<MistakesAnswer, 'cell'>> {
  const { classCount: c, classes } = explainer.manifest
  expectClasses(explainer)
  const split = named ?? (await labelledSplit(explainer))
  const { ids, labels, predicted } = await labelledExamples(explainer, split)
  const matrix = confusionMatrix(labels, predicted, c)
  const right = matrix.data.reduce((sum, count, at) => (at % (c + 1) === 0 ? sum + count : sum), 0)
  return {
    schemaVersion: 1,
    explainer: explainer.directory,
    classes,
    split,
    n: ids.length,
    accuracy: right / ids.length,
    matrix: Array.from({ length: c }, (_, label) => [...rowOf(matrix, label)]),
    cells: rankCells(matrix),
  }
}

/** What stands behind one kind of mistake, a true class and a wrong one, by name or index. */
export async function explainMistakes(
  explainer: Explainer,
  split: SplitName,
  cell: readonly [number | string, number | string],
  k?: number,
): Promise<CellAnswer> {
  expectClasses(explainer)
  const { labels, predicted } = await labelledExamples(explainer, split)
  const matrix = confusionMatrix(labels, predicted, explainer.manifest.classCount)
  return explainCell(explainer, split, expectCell(explainer, split, matrix, cell), resolveK(k))
}

/** Mistakes are of classes. */
function expectClasses({ manifest, directory }: Explainer): void {
  if (manifest.task === 'classification') return
  throw new UserError(
    'usage',
    `${directory}: its outputs are ${OUTPUTS[manifest.task]}, expected one class an example to count mistakes`,
  )
}

const OUTPUTS = {
  'multi-label': 'yes or no for each label',
  regression: 'numbers',
  units: 'units of a hidden layer',
} as const

/** Test examples where they have labels, else the training examples. */
export async function labelledSplit(explainer: Explainer): Promise<SplitName> {
  if (explainer.manifest.tests === 0) return 'train'
  return (await explainer.examplesOf('test')).labels ? 'test' : 'train'
}

type Labelled = Examples & { readonly labels: Int32Array }

async function labelledExamples(explainer: Explainer, split: SplitName): Promise<Labelled> {
  if (split !== 'train' && split !== 'test') {
    throw new UserError('usage', `split not found: ${split}, expected train or test`)
  }
  const examples = await explainer.examplesOf(split)
  const { labels } = examples
  const { directory, manifest } = explainer
  if (!labels) {
    const [things, option] = split === 'train' ? ['training', '--labels'] : ['test', '--test-labels']
    throw new UserError(
      'not-found',
      `${directory}: no labels of ${things} examples in it, run fit again with ${option} to count mistakes`,
    )
  }
  const outside = labels.findIndex(label => label < 0 || label >= manifest.classCount)
  if (outside >= 0) {
    throw new UserError(
      'value',
      `${directory}: label ${labels[outside]} of ${split}/${outside}, expected 0 to ${manifest.classCount - 1}, run fit again`,
    )
  }
  return { ...examples, labels }
}

/** The cell that was named. Errors: UserError where it is none of the mistakes of the split. */
function expectCell(
  explainer: Explainer,
  split: SplitName,
  matrix: Matrix,
  [trueClass, wrongClass]: readonly [number | string, number | string],
): Cell {
  const [a, b] = [explainer.names.classIndex(trueClass), explainer.names.classIndex(wrongClass)]
  const [label, predicted] = [explainer.names.class(a), explainer.names.class(b)]
  if (a === b) {
    throw new UserError('usage', `cell of ${label} with itself, expected a true class and a wrong one`)
  }
  const count = rowOf(matrix, a)[b]
  if (count > 0) return { label: a, predicted: b, count }
  const others = rankCells(matrix).filter(cell => cell.label === a)
  const named = others.slice(0, 12).map(cell => `${explainer.names.class(cell.predicted)} (${cell.count})`)
  const empty = `cell is empty: no ${split} example of ${label} is predicted ${predicted}`
  throw new UserError(
    'not-found',
    others.length === 0
      ? `${empty}, nor any other wrong class`
      : `${empty}, expected one of ${named.join(', ')}${others.length > 12 ? ', …' : ''}`,
  )
}

async function explainCell(
  explainer: Explainer,
  split: SplitName,
  cell: Cell,
  k: number,
): Promise<CellAnswer> {
  const { label, predicted, count } = cell
  const examples = await labelledExamples(explainer, split)
  const rows = rowsOfCell(examples.labels, examples.predicted, label, predicted)
  const inhibitory: number[][] = []
  const excitatory: number[][] = []
  const { c, classCount } = explainer.manifest
  for (const row of rows) {
    inhibitory.push(await top(row, label, 'inhibitory'))
    excitatory.push(await top(row, predicted, 'excitatory'))
  }
  const train = explainer.examples
  const frequent = (lists: readonly number[][]): FrequentExample[] =>
    mostFrequentRows(lists, k).map(({ row, times }) => ({
      row,
      id: train.ids.at(row),
      label: train.labels?.[row] ?? null,
      predicted: train.predicted[row],
      times,
      share: times / count,
    }))
  return {
    ...cell,
    examples: rows.map(row => ({ row, id: examples.ids.at(row) })),
    inhibitory: frequent(inhibitory),
    excitatory: frequent(excitatory),
    training: train.labels
      ? confusionShare(confusionMatrix(train.labels, train.predicted, classCount), label, predicted)
      : null,
  }

  /** The examples that speak most for or against a class. Of two on one output the first has the other sign. */
  async function top(row: number, of: number, kind: 'excitatory' | 'inhibitory'): Promise<number[]> {
    const turned = c === 1 && of === 0
    const explanation = await explainer.explainStored(split, row, { output: c === 1 ? 0 : of, k })
    const entries = (kind === 'excitatory') === turned ? explanation.inhibitory : explanation.excitatory
    return entries.map(({ row }) => row)
  }
}
