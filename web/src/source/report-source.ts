import type { Answer, Question, ReportData } from '../../../src/server/wire.ts'
import { questionKey } from '../../../src/views/question-key.ts'
import { localReview } from '../review/local-review.ts'
import type { Entry, Explanation } from '../view/view.ts'
import { type Source, SourceError } from './source.ts'

declare global {
  interface Window {
    /** What the scripts beside a report put there, before the screens' own. */
    representerReport?: ReportData
  }
}

/** A report in the files beside the page: it has stored answers only, and no one to ask for others. */
export function reportSource(data: ReportData | undefined): Source {
  if (!data) {
    return failing('the report has no data beside it, copy its whole folder')
  }
  const { train, test } = data.pictures.rows
  const pictured = { train: new Set(train), test: new Set(test) }
  return {
    ...failing('a report cannot do this, run `representer serve` on the explainer'),
    explainer: async () => data.explainer,
    overview: async () => data.overview,
    columns: async split => known(data.columns[split], `${split} examples`),
    explain: async question => storedAnswer(data, question),
    suspects: async (offset, limit) => {
      const { suspects, ...page } = known(data.suspects, 'suspects')
      const from = Math.max(0, offset - page.offset)
      return { ...page, offset, suspects: suspects.slice(from, from + limit) }
    },
    mistakes: async split => known(data.mistakes[split], `mistakes of ${split} examples`),
    cell: async (split, label, predicted) =>
      known(data.cells[`${split}/${label}/${predicted}`], 'examples of this cell'),
    map: async () => data.map,
    ...localReview(data, keptHere()),
    jobs: async () => [],
    pictureUrl: (_, split, row) =>
      pictured[split].has(row) ? `${data.pictures.folder}${split}/${row}.png` : null,
  }
}

/** What the browser keeps; null where it refuses, as some do for files on disk. */
function keptHere(): Storage | null {
  try {
    return window.localStorage
  } catch {
    return null
  }
}

function known<T>(part: T | null | undefined, what: string): T {
  if (part !== null && part !== undefined) return part
  throw new SourceError('missing', `this report has no ${what}, run \`representer serve\` on the explainer`)
}

/** The stored answer to a question, cut to as many examples as are asked for. */
function storedAnswer(
  data: Pick<ReportData, 'answers' | 'columns'>,
  { example, output = 'predicted', contrast, within, k = 10 }: Question,
): Answer {
  if (!example) throw new SourceError('missing', 'a report explains stored examples only')
  const { split, row } = example
  const columns = data.columns[split]
  const at = columns?.rows.indexOf(row) ?? -1
  const indexOf = (asked: number | string): number => {
    if (asked === 'predicted') return columns?.predicted[at] ?? -1
    return asked === 'label' ? (columns?.labels?.[at] ?? -1) : Number(asked)
  }
  const [first, second] = contrast ? contrast.map(indexOf) : [indexOf(output), null]
  const key = questionKey({ split, row, output: first, contrast: second, within: within ?? null })
  const answer = known(data.answers[key], `explanation of this output of ${split} example ${row}`)
  return { ...answer, explanation: cutTo(k, answer.explanation) }
}

/** The first k of each sign, and what share of the whole these cover. */
function cutTo(k: number, explanation: Explanation): Explanation {
  const excitatory = explanation.excitatory.slice(0, k)
  const inhibitory = explanation.inhibitory.slice(0, k)
  const stored = sumOf([...explanation.excitatory, ...explanation.inhibitory])
  const covered =
    explanation.covered === null || stored === 0
      ? explanation.covered
      : (explanation.covered * sumOf([...excitatory, ...inhibitory])) / stored
  return { ...explanation, excitatory, inhibitory, covered }
}

const sumOf = (entries: readonly Entry[]): number => entries.reduce((sum, { value }) => sum + value, 0)

/** Says the same to whatever is asked. */
function failing(sentence: string): Source {
  const fail = async (): Promise<never> => {
    throw new SourceError('missing', sentence)
  }
  return {
    kind: 'report',
    explainer: fail,
    overview: fail,
    columns: fail,
    explain: fail,
    explainPicture: fail,
    sensitivity: fail,
    sensitivityPicture: fail,
    suspects: fail,
    mistakes: fail,
    cell: fail,
    map: fail,
    review: fail,
    decide: fail,
    undo: fail,
    redo: fail,
    exportUrl: () => null,
    pandas: fail,
    jobs: fail,
    startJob: fail,
    cancelJob: fail,
    onJob: () => () => {},
    pictureUrl: () => null,
  }
}
