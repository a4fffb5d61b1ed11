import { expectLabelsBelow } from '../data/arrays.ts'
import { memoryRows, type Rows } from '../math/rows.ts'
import type { Bias } from '../method/head-graph.ts'
import type { Activation } from '../method/loss.ts'
import { labelTargets, teacherTargets } from '../method/targets.ts'
import { UserError } from '../user-error.ts'
import type { FitInputs, Split } from './fit-inputs.ts'
import type { FitOptions, Targets } from './fit-options.ts'
import { readNames } from './names.node.ts'

/** The choices of one fit, with what follows from the inputs filled in. */
export interface Setting {
  readonly c: number
  readonly lambda: number
  readonly bias: Bias
  readonly targets: Targets
  readonly activation: Activation
  readonly gap: number
  readonly classes: string[] | null
  readonly ids: readonly string[]
}

/** Fills in what the options leave open, and refuses what does not fit the inputs. */
export async function settle(inputs: FitInputs, options: FitOptions): Promise<Setting> {
  const { train, test, network, givenHead } = inputs
  const { lambda = 0.003, gap = 1e-4 } = options
  // A head without a bias is explained without one: the constant feature belongs to the bias.
  const bias = options.bias ?? (givenHead && !givenHead.bias ? 'none' : 'regularised')
  const targets = options.targets ?? (train.logits ? 'teacher' : 'labels')
  const activation = options.activation ?? (network?.head.activation === 'sigmoid' ? 'sigmoid' : 'softmax')
  if (targets === 'teacher' && !train.logits) {
    throw new UserError(
      'usage',
      'targets teacher: expected the given model, add --model, --logits or --head-weight',
    )
  }
  if (targets === 'labels' && !train.labels) {
    throw new UserError('usage', 'targets labels: no labels found, add --labels')
  }
  if (targets === 'labels' && activation !== 'softmax') {
    throw new UserError('usage', `targets labels: expected activation softmax, got ${activation}`)
  }
  const c = train.logits?.cols ?? givenHead?.weight.cols ?? (await countOutputs(train, test, options.classes))
  if (c < 2 && activation === 'softmax') {
    throw new UserError('value', `softmax over ${c} output: expected 2 or more, choose another --activation`)
  }
  for (const [split, name] of [
    [train, options.labels ?? 'labels'],
    [test, options.testLabels ?? 'test labels'],
  ] as const) {
    if (split?.labels) expectLabelsBelow(split.labels, c, name)
  }
  return {
    c,
    lambda,
    bias,
    targets,
    activation,
    gap,
    classes:
      inputs.classes || options.classes === undefined
        ? inputs.classes && [...inputs.classes]
        : await readNames(options.classes, c, 'class'),
    ids: options.ids === undefined ? ownIds('train', train) : await givenIds(options.ids, train),
  }
}

/** With labels alone, as many outputs as there are class names, else as the labels name. */
async function countOutputs(train: Split, test: Split | null, classes: string | undefined): Promise<number> {
  if (classes !== undefined) return (await readNames(classes, null, 'class')).length
  let c = 0
  for (const split of [train, test]) for (const label of split?.labels ?? []) c = Math.max(c, label + 1)
  return c
}

/** The names that examples have, else split/row. */
export const ownIds = (split: string, { features, pictures }: Split): readonly string[] =>
  pictures?.ids ?? Array.from({ length: features.rows }, (_, row) => `${split}/${row}`)

/** The user's names of all examples, without those of skipped pictures. */
async function givenIds(path: string, { features, pictures }: Split): Promise<string[]> {
  const skipped = new Set(pictures?.skipped.map(({ row }) => row))
  const names = await readNames(path, features.rows + skipped.size, 'training example')
  return names.filter((_, row) => !skipped.has(row))
}

/** T of a fit [n, c]. */
export function targetsOf(of: Targets, { logits, labels }: Split, { c, activation }: Setting): Rows {
  if (of === 'teacher' && logits) return memoryRows(teacherTargets(logits, activation))
  return labelTargets(labels ?? new Int32Array(0), c)
}
