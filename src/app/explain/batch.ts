import { encodeParquetGroups, type ParquetType } from '../../formats/parquet-write.ts'
import { writeFileWhole } from '../../store/write.node.ts'
import type { Explainer } from '../explainer/explainer.ts'
import type { Entry, ExplainChoices, Explanation } from '../explainer/explanation.ts'
import { type BatchFormat, expectBatchName } from '../show/output-files.ts'

/** How far a batch is: of `total` test examples `done` are explained. */
export interface BatchStep {
  readonly done: number
  readonly total: number
}

export interface WrittenBatch {
  readonly file: string
  /** How many test examples are explained in it */
  readonly count: number
}

interface BatchOptions {
  readonly force?: boolean | undefined
  readonly onProgress?: ((step: BatchStep) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** Explains every stored test example into a file, which is written whole or not at all. */
export async function writeBatch(
  explainer: Explainer,
  file: string,
  choices: ExplainChoices,
  { force = false, ...options }: BatchOptions,
): Promise<WrittenBatch> {
  const { ids } = await explainer.examplesOf('test')
  const encode = ENCODERS[expectBatchName(file)]
  const explanations = explainAll(explainer, ids.length, choices, options)
  await writeFileWhole(file, encode(explanations), { replace: force })
  return { file, count: ids.length }
}

/** A test example with its explanation. */
interface Explained {
  readonly row: number
  readonly explanation: Explanation
}

const ENCODERS: {
  readonly [K in BatchFormat]: (explained: AsyncIterable<Explained>) => AsyncIterable<Uint8Array | string>
} = { jsonl: encodeLines, parquet: explained => encodeParquetGroups(FIELDS, groups(explained)) }

/** Explaining hardly ever waits, so signals and timers are let in this often. */
const BREATH_MS = 50

async function* explainAll(
  explainer: Explainer,
  total: number,
  choices: ExplainChoices,
  { onProgress, signal }: BatchOptions,
): AsyncGenerator<Explained> {
  let last = performance.now()
  let row = 0
  onProgress?.({ done: 0, total })
  for await (const explanation of explainer.explainAll('test', choices, { signal })) {
    yield { row, explanation }
    row++
    if (performance.now() - last < BREATH_MS && row < total) continue
    await new Promise(resolve => setImmediate(resolve))
    signal?.throwIfAborted()
    onProgress?.({ done: row, total })
    last = performance.now()
  }
}

/** Characters of JSON lines that are written at once. */
const CHUNK = 2 ** 18

async function* encodeLines(explained: AsyncIterable<Explained>): AsyncGenerator<string> {
  let lines = ''
  for await (const { explanation } of explained) {
    lines += `${JSON.stringify(explanation)}\n`
    if (lines.length < CHUNK) continue
    yield lines
    lines = ''
  }
  yield lines
}

/** One shown training example of one explanation. */
interface Shown extends Explained {
  readonly kind: 'excitatory' | 'inhibitory'
  /** 1 for the largest |value| of its kind */
  readonly rank: number
  readonly entry: Entry
}

const COLUMNS: { readonly [name: string]: readonly [ParquetType, (shown: Shown) => unknown, 'nullable'?] } = {
  input: ['string', ({ explanation }) => explanation.input],
  test_row: ['int32', ({ row }) => row],
  output: ['int32', ({ explanation }) => explanation.output],
  contrast: ['int32', ({ explanation }) => explanation.contrast, 'nullable'],
  logit: ['double', ({ explanation }) => explanation.logit],
  bias: ['double', ({ explanation }) => explanation.bias],
  label_value: ['double', ({ explanation }) => explanation.labelValue, 'nullable'],
  covered: ['double', ({ explanation }) => explanation.covered, 'nullable'],
  completeness_gap: ['double', ({ explanation }) => explanation.completenessGap],
  kind: ['string', ({ kind }) => kind],
  rank: ['int32', ({ rank }) => rank],
  train_row: ['int32', ({ entry }) => entry.row],
  train_id: ['string', ({ entry }) => entry.id],
  label: ['int32', ({ entry }) => entry.label, 'nullable'],
  predicted: ['int32', ({ entry }) => entry.predicted],
  value: ['double', ({ entry }) => entry.value],
  alpha: ['double', ({ entry }) => entry.alpha],
  similarity: ['double', ({ entry }) => entry.similarity],
}

const FIELDS = Object.entries(COLUMNS).map(([name, [type, , nullable]]) => ({
  name,
  type,
  nullable: nullable !== undefined,
}))

/** Rows of a table that are held and written at once. */
const GROUP_ROWS = 2 ** 16

async function* groups(explained: AsyncIterable<Explained>): AsyncGenerator<unknown[][]> {
  let rows: Shown[] = []
  const columns = () => Object.values(COLUMNS).map(([, read]) => rows.map(read))
  for await (const one of explained) {
    for (const kind of ['excitatory', 'inhibitory'] as const) {
      one.explanation[kind].forEach((entry, at) => {
        rows.push({ ...one, kind, rank: at + 1, entry })
      })
    }
    if (rows.length < GROUP_ROWS) continue
    yield columns()
    rows = []
  }
  yield columns()
}
