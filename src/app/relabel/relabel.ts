import { reviewLogOf } from '../../store/beside.node.ts'
import { ExplainerReader } from '../../store/read.node.ts'
import { ExplainerWriter } from '../../store/write.node.ts'
import { UserError } from '../../user-error.ts'
import type { Explainer } from '../explainer/explainer.ts'
import { parseMemory } from '../explainer/memory.ts'
import { openForFew } from '../explainer/open.ts'
import { storedValues } from '../explainer/stored-rows.ts'
import { warnings } from '../fit/answer.ts'
import { makeExplainer } from '../fit/make-explainer.ts'
import type { FitOptions } from '../fit/options.ts'
import { openRuntime } from '../machine/runtime.ts'
import { ReviewLog } from '../review/review-log.ts'
import { expectLabelled } from '../review/reviewed-label.ts'
import type { RelabelAnswer } from './answer.ts'
import { type Corrected, type Correction, carryOut } from './corrections.ts'
import { readCorrections } from './corrections-file.ts'
import { standingOf } from './standing.ts'
import { storedInputs } from './stored-inputs.ts'

export interface RelabelOptions extends Pick<FitOptions, 'memory' | 'signal' | 'onProgress'> {
  /** An explainer that `fit` wrote, with labels. */
  readonly directory: string
  /** Corrections as CSV, JSON lines or Parquet; the decisions in the explainer's own review unless given. */
  readonly corrections?: string
  /** Where the new explainer is written; beside the other, with `-corrected` behind its name, unless given. */
  readonly out?: string
  /** Replace an explainer that is there. */
  readonly force?: boolean
}

/**
 * Writes a new explainer, fitted on the features of another with its labels corrected and without the examples that
 * are excluded. Errors: UserError on anything that the user can mend; nothing is left behind then.
 */
export async function relabel(options: RelabelOptions): Promise<RelabelAnswer> {
  const { directory, corrections, memory, force = false } = options
  if (memory !== undefined) parseMemory(memory)
  const out = options.out ?? besideOf(directory)
  const reader = await ExplainerReader.open(directory)
  const { corrected, lost } = await correct(reader, corrections)
  const writer = await ExplainerWriter.create(out, force)
  try {
    const answer = await refit(reader, writer, corrected, { ...options, out })
    return { ...answer, warnings: [...lost, ...answer.warnings] }
  } catch (error) {
    await writer.abort()
    throw error
  }
}

/** Labels as they are to be, and what is said of classes that lose all examples; nothing else is held of the explainer. */
async function correct(
  reader: ExplainerReader,
  corrections: string | undefined,
): Promise<{ corrected: Corrected; lost: string[] }> {
  const { directory } = reader
  const explainer = await openForFew(directory)
  try {
    expectLabelled(explainer)
    const wanted = await (corrections === undefined
      ? decided(directory, explainer)
      : readCorrections(corrections, explainer))
    const stored = { labels: explainer.examples.labels, values: await storedValues(reader, 'train') }
    const corrected = carryOut(explainer, stored, wanted)
    return { corrected, lost: emptied(explainer, corrected) }
  } finally {
    await explainer.close()
  }
}

/** `explainer-corrected` for `explainer/`. Errors: UserError where the directory is named by no name. */
function besideOf(directory: string): string {
  const named = directory.replace(/[\\/]+$/, '')
  if (/(^|[\\/])\.{0,2}$/.test(named)) {
    throw new UserError(
      'usage',
      `${directory}: no name to write a corrected explainer beside, expected --out`,
    )
  }
  return `${named}-corrected`
}

/** What people decided about the labels of an explainer. */
async function decided(directory: string, explainer: Explainer): Promise<Correction[]> {
  const { decisions } = await (await ReviewLog.open(directory, explainer)).review()
  return decisions.map(({ row, output, action, label, newLabel }) => ({
    row,
    output,
    action,
    newLabel,
    given: label,
    place: reviewLogOf(directory),
  }))
}

async function refit(
  reader: ExplainerReader,
  writer: ExplainerWriter,
  corrected: Corrected,
  options: RelabelOptions & { readonly out: string },
): Promise<RelabelAnswer> {
  const { directory, out, signal } = options
  const runtime = openRuntime()
  const before = await standingOf(runtime, directory)
  signal?.throwIfAborted()
  const begin = performance.now()
  const { relabelled, excluded, kept, review } = corrected.counts
  const { device, network } = reader.manifest
  const ingredients = await storedInputs(reader, writer, corrected, options)
  const { manifest, warned } = await makeExplainer(
    runtime,
    writer,
    {
      ...ingredients,
      origin: { device, network, correctedFrom: { directory, relabelled, excluded } },
      begin,
    },
    options,
  )
  return {
    schemaVersion: 1,
    explainer: directory,
    out,
    relabelled,
    excluded,
    kept,
    review,
    before,
    after: await standingOf(runtime, out),
    warnings: [
      ...(relabelled + excluded === 0
        ? ['nothing was corrected: the new explainer has the same labels']
        : []),
      ...warned,
      ...warnings(manifest),
    ],
  }
}

function emptied(explainer: Explainer, { labels, excluded }: Corrected): string[] {
  const left = new Set(labels?.filter((_, row) => !excluded.has(row)))
  const lost = [...new Set(explainer.examples.labels)].filter(label => !left.has(label)).sort((a, b) => a - b)
  return lost.map(label => `class ${explainer.names.class(label)} has no training example any more`)
}
