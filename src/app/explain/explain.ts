import type { Task } from '../../method/head/task.ts'
import type { Manifest } from '../../store/manifest.ts'
import { UserError } from '../../user-error.ts'
import type { ExplainChoices, Explanation } from '../explainer/explanation.ts'
import { openExplainer, openForFew } from '../explainer/open.ts'
import type { WrittenPage } from '../show/html.ts'
import { expectBatchName, expectPagePlace } from '../show/output-files.ts'
import type { BatchStep, WrittenBatch } from './batch.ts'
import { expectInputs, explainInputs } from './inputs.ts'

export interface ExplainOptions extends ExplainChoices {
  readonly directory: string
  /**
   * What to explain: `test/12` or `train/12` (stored, by id or by row), a picture file, or `F.npy#12`, row
   * 12 of an array or table of features.
   */
  readonly inputs?: readonly string[]
  /** Arrays hold inputs of the model, not features. */
  readonly raw?: boolean
  /** Compare every checksum of the explainer first. */
  readonly verify?: boolean
  /** How much of the explainer is held in memory at most: bytes, or text such as `2GiB`. */
  readonly memory?: number | string
  /** Write a page with the pictures too. */
  readonly html?: string
  /** Explain every stored test example instead of `inputs`, into `outputFile`. */
  readonly allTest?: boolean
  /** Where to, ending in .jsonl (an `Explanation` a line) or .parquet (a row for each shown example) */
  readonly outputFile?: string
  /** Replace an output file that is there. */
  readonly force?: boolean
  /** Called while all test examples are explained. */
  readonly onProgress?: (step: BatchStep) => void
  /** Stops explaining all test examples; nothing is left behind. */
  readonly signal?: AbortSignal | undefined
}

export interface ExplainAnswer {
  readonly schemaVersion: 1
  readonly explainer: string
  readonly task: Task
  /** How the explained fit ended; where it is not `converged`, values miss the logit by more than was asked for. */
  readonly status: Manifest['fit']['status']
  /** Names of the classes of labels; null where `fit` was given none */
  readonly classes: readonly string[] | null
  /** Names of the outputs; null where they go by their indices */
  readonly outputs: readonly string[] | null
  /** Empty where they were written to a file */
  readonly explanations: readonly Explanation[]
  /** The page that was written; null where none was asked for */
  readonly page: WrittenPage | null
  /** The file that all test examples were explained into; null where inputs were */
  readonly written: WrittenBatch | null
}

/**
 * Explains each input, or every stored test example, by the training examples that speak most for and most
 * against it. Errors: UserError on inputs and outputs that do not exist or do not fit.
 */
export async function explain(options: ExplainOptions): Promise<ExplainAnswer> {
  const {
    directory,
    inputs = [],
    raw = false,
    verify = false,
    memory,
    html,
    allTest = false,
    outputFile,
    force,
    onProgress,
    signal,
    ...choices
  } = options
  await expectPagePlace(html)
  checkWhat(options)
  const open = allTest ? openExplainer : openForFew
  const explainer = await open(directory, { verify, ...(memory !== undefined && { memory }) })
  const { task, classes, fit } = explainer.manifest
  const { outputs } = explainer.names
  const answer = {
    schemaVersion: 1,
    explainer: directory,
    task,
    status: fit.status,
    classes,
    outputs,
  } as const
  try {
    if (outputFile !== undefined) {
      const { writeBatch } = await import('./batch.ts')
      const written = await writeBatch(explainer, outputFile, choices, { force, onProgress, signal })
      return { ...answer, explanations: [], page: null, written }
    }
    const explained = await explainInputs(explainer, inputs, choices, { raw })
    const explanations = explained.map(({ explanation }) => explanation)
    if (html === undefined) return { ...answer, explanations, page: null, written: null }
    const { writeExplanations } = await import('../show/html.ts')
    const page = await writeExplanations(explainer, explained, html)
    return { ...answer, explanations, page, written: null }
  } finally {
    await explainer.close()
  }
}

/** Either inputs, or all test examples into a file. */
function checkWhat({ inputs = [], allTest = false, outputFile, html, raw = false }: ExplainOptions): void {
  if (!allTest) {
    if (outputFile !== undefined) throw new UserError('usage', '--output-file: expected with --all-test')
    expectInputs(inputs)
    return
  }
  if (inputs.length > 0) {
    throw new UserError('usage', `--all-test beside ${inputs[0]}: expected one or the other`)
  }
  if (html !== undefined || raw) {
    throw new UserError('usage', `--all-test with ${raw ? '--raw' : '--html'}: expected that with an input`)
  }
  if (outputFile === undefined) {
    throw new UserError('usage', '--all-test: expected with --output-file OUT.jsonl or OUT.parquet')
  }
  expectBatchName(outputFile)
}
