import { questionKey } from '../../views/question-key.ts'
import { columns, type ExampleColumns } from '../browse/columns.ts'
import { explainerInfo } from '../browse/explainer-info.ts'
import { overview } from '../browse/overview.ts'
import { type Answer, ask, type Question } from '../explain/ask.ts'
import type { Explainer } from '../explainer/explainer.ts'
import { defaultScoreOf } from '../explainer/label-scores.ts'
import type { SplitName } from '../explainer/stored-splits.ts'
import { type Suspect, suspectsOf } from '../explainer/suspect.ts'
import { readMap } from '../map/map-file.node.ts'
import { countMistakes, explainMistakes, type MistakesAnswer } from '../mistakes.ts'
import type { Thumbnails } from '../show/thumbnails.ts'
import type { Place } from './choose-examples.ts'
import type { ReportData } from './report-data.ts'

/** How much of an explainer a report holds. */
export interface ReportSize {
  /** Examples of each sign */
  readonly k: number
  readonly suspects: number
  /** Kinds of mistakes that are looked into */
  readonly cells: number
}

/** Called before the explanations of each example. */
export type OnExample = (done: number, total: number) => void

/** Answers everything that a report can be asked, but for its pictures. */
export async function gatherReport(
  explainer: Explainer,
  thumbnails: Thumbnails,
  places: readonly Place[],
  size: ReportSize,
  onExample: OnExample = () => undefined,
): Promise<Omit<ReportData, 'pictures'> & { readonly shown: Shown }> {
  const { manifest } = explainer
  const shown = new Shown()
  const suspects = manifest.labelsFit ? await suspectsOf(explainer, size.suspects) : null
  const { mistakes, cells } = await gatherMistakes(explainer, size, shown)
  const map = await readMap(explainer)

  const answers: Record<string, Answer> = {}
  const answered = async (question: AskedExample): Promise<Answer> => {
    const { split, row } = question.example
    const answer = await ask(explainer, { ...question, k: size.k })
    const { output, contrast, excitatory, inhibitory } = answer.explanation
    answers[questionKey({ split, row, output, contrast, within: question.within ?? null })] = answer
    shown.add(split, [row])
    shown.add('train', rowsOf([...excitatory, ...inhibitory]))
    return answer
  }
  const examples = [...places, ...(suspects ?? []).map(({ row }) => ({ split: 'train', row }) as const)]
  for (const [done, example] of examples.entries()) {
    onExample(done, examples.length)
    const first = await answered({ example })
    const further =
      done < places.length
        ? questionsOf(explainer, example, first)
        : doubtsOf(explainer, example, (suspects ?? [])[done - places.length])
    for (const question of further) await answered(question)
  }

  const known = { train: shown.rows('train', map?.train.rows), test: shown.rows('test', map?.test.rows) }
  return {
    explainer: await explainerInfo(explainer, thumbnails),
    overview: await overview(explainer),
    columns: {
      train: onlyRows(await columns(explainer, 'train', manifest.n), known.train),
      test:
        manifest.tests > 0 ? onlyRows(await columns(explainer, 'test', manifest.tests), known.test) : null,
    },
    answers,
    suspects: suspects && {
      schemaVersion: 1,
      n: manifest.n,
      offset: 0,
      score: defaultScoreOf(explainer.manifest),
      suspects,
    },
    mistakes,
    cells,
    map,
    shown,
  }
}

/** The rows that have a picture in a report. */
export class Shown {
  readonly #rows = { train: new Set<number>(), test: new Set<number>() }

  add(split: SplitName, rows: readonly number[]): void {
    for (const row of rows) this.#rows[split].add(row)
  }

  /** Increasing, with others that are known of without a picture. */
  rows(split: SplitName, others: readonly number[] = []): number[] {
    return [...new Set([...this.#rows[split], ...others])].sort((a, b) => a - b)
  }
}

/** Outputs and classes of an example that are asked about: of more, those that it is most likely taken for. */
const OUTPUTS = 12

type AskedExample = Question & { readonly example: Place }

/** Each output, its prediction and its label against each other one, and the part of each class. */
function questionsOf(explainer: Explainer, example: Place, { logits, explanation }: Answer): AskedExample[] {
  const { label, output: predicted } = explanation
  const { groupCount, task } = explainer.manifest
  const outputs = Array.from(logits.keys())
    .sort((a, b) => logits[b] - logits[a])
    .slice(0, OUTPUTS)
  const ofClass = task === 'classification' && logits.length > 1 ? label : null
  const named = [...new Set([predicted, ...(ofClass === null ? [] : [ofClass])])]
  return [
    ...[...new Set([...outputs, ...named])].map(output => ({ example, output })),
    ...named.flatMap(a => outputs.filter(b => b !== a).map(b => ({ example, contrast: [a, b] as const }))),
    ...Array.from({ length: Math.min(groupCount, OUTPUTS) }, (_, within) => ({ example, within })),
  ]
}

/** Why a label is doubted: the label alone, and against what is suggested. */
function doubtsOf(
  { manifest }: Explainer,
  example: Place,
  { label, suggested, output }: Suspect,
): AskedExample[] {
  if (output !== null) return [{ example, output }]
  if (manifest.c === 1) return []
  const contrast = [label, suggested] as const
  return [{ example, output: label }, ...(label === suggested ? [] : [{ example, contrast }])]
}

/** What is taken for what in both splits, and the training examples behind the most frequent mistakes. */
async function gatherMistakes(
  explainer: Explainer,
  { cells: most, k }: ReportSize,
  shown: Shown,
): Promise<Pick<ReportData, 'mistakes' | 'cells'>> {
  const mistakes: { train: Counted | null; test: Counted | null } = { train: null, test: null }
  const cells: Record<string, ReportData['cells'][string]> = {}
  for (const split of ['train', 'test'] as const) {
    if (!(await hasMistakes(explainer, split))) continue
    const counted = await countMistakes(explainer, split)
    mistakes[split] = counted
    for (const { label, predicted } of counted.cells.slice(0, most)) {
      const cell = await explainMistakes(explainer, split, [label, predicted], k)
      cells[`${split}/${label}/${predicted}`] = { schemaVersion: 1, split, ...cell }
      shown.add(split, rowsOf(cell.examples))
      shown.add('train', rowsOf([...cell.excitatory, ...cell.inhibitory]))
    }
  }
  return { mistakes, cells }
}

type Counted = Omit<MistakesAnswer, 'cell'>

async function hasMistakes(explainer: Explainer, split: SplitName): Promise<boolean> {
  const { task, tests } = explainer.manifest
  if (task !== 'classification' || (split === 'test' && tests === 0)) return false
  return (await explainer.examplesOf(split)).labels !== null
}

const rowsOf = (examples: readonly { readonly row: number }[]): number[] => examples.map(({ row }) => row)

function onlyRows(all: ExampleColumns, rows: readonly number[]): ExampleColumns {
  const pick = <T>(column: readonly T[]): T[] => rows.map(row => column[row])
  return {
    ...all,
    rows,
    ids: pick(all.ids),
    labels: all.labels && pick(all.labels),
    predicted: pick(all.predicted),
    fitted: pick(all.fitted),
    suspicion: all.suspicion && pick(all.suspicion),
  }
}
