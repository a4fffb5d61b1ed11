import { expectFinite } from '../../data/arrays.ts'
import type { Dataset } from '../../data/open-dataset.node.ts'
import type { SkippedPicture } from '../../data/picture-dataset.ts'
import { type PictureRowsOptions, pictureRows } from '../../data/picture-rows.ts'
import type { Source } from '../../data/source.ts'
import { type Rows, withoutRows } from '../../math/rows.ts'
import { batchSizes } from '../../method/network/batch-size.ts'
import type { Network, NetworkOutputs } from '../../method/network/network.ts'
import { verifyModel } from '../../method/network/verify-head.ts'
import type { Journal } from '../../store/journal.node.ts'
import { UserError } from '../../user-error.ts'
import type { Split, UsedNetwork } from './inputs.ts'
import type { FitProgress } from './options.ts'
import { labelsByName } from './output-names.ts'
import { keepRows, type PictureTreatment } from './pictures.ts'

/** Examples of one split as inputs, with labels that are indices of classes, or numbers. */
export interface SplitInputs extends Pick<Split, 'labels' | 'values'> {
  readonly name: string
  /** Where the labels came from */
  readonly labelsName: string
  readonly rows: Rows
  readonly source: Source
  readonly ids: readonly string[] | null
  /** Where pictures in files of their own stand. */
  readonly paths: readonly string[] | null
  /** By row; filled while they are read. */
  readonly skipped: Map<number, SkippedPicture>
}

export function toInputs(
  dataset: Dataset,
  { preprocess }: UsedNetwork,
  treatment: PictureTreatment | null,
  classes: readonly string[] | null,
  skipBad: boolean,
  workers: PictureRowsOptions['workers'] | null,
): SplitInputs {
  const { name, source, ids, values } = dataset
  const labels = labelsByName(dataset, classes)
  const skipped = new Map<number, SkippedPicture>()
  if (dataset.kind === 'array') {
    const { labelsName } = dataset
    const rows = dataset.inputs(preprocess)
    return { name, labels, values, labelsName, rows, source, ids, paths: null, skipped }
  }
  if (!treatment || !workers) throw new Error('pictures without a treatment')
  const onBad = skipBad ? (picture: SkippedPicture) => void skipped.set(picture.row, picture) : null
  return {
    name,
    labels,
    values,
    labelsName: name,
    rows: pictureRows(dataset, { ...treatment, workers, onBad }),
    source,
    ids,
    paths: dataset.paths,
    skipped,
  }
}

const SAMPLE = 64

/** Nothing is fitted to a head before it was seen to give the model's own logits. */
export async function verifyOnFirst(
  network: Network,
  { layer }: UsedNetwork,
  { rows, name }: SplitInputs,
): Promise<void> {
  const { most } = batchSizes(rows.cols, null, false)
  const first = Array.from({ length: Math.min(SAMPLE, most, rows.rows) }, (_, i) => i)
  const inputs = await rows.fetch(first)
  const outputs = await network.runChecked(inputs, layer.output)
  await network.compareBatches(inputs, outputs)
  expectFinite(outputs.features, `${network.shape.name}: features of ${name}`)
  const { agrees, largestDifference } = verifyModel(layer, outputs)
  if (agrees) return
  throw new UserError(
    'model',
    `${network.shape.name}: ${layer.layer}: features · weight + bias misses the model's own logits by ` +
      `${largestDifference.toPrecision(3)}, expected them to agree, compute the features yourself and use --features`,
  )
}

/** What an extraction needs beside a network and examples. */
export interface Extraction {
  readonly split: 'train' | 'test'
  /** Features and logits of every row, on disk while they grow */
  readonly journal: Journal
  /** Whether the network still runs where the journal's key says: a device may have been left for the processor. */
  readonly isSameDevice: () => boolean
  /** Told how many of the split are done. */
  readonly onFeatures: (done: number) => void
  readonly onProgress: ((progress: FitProgress) => void) | undefined
  readonly signal: AbortSignal | undefined
}

/** A split whose features and logits are not stored yet. */
export interface ExtractedSplit extends Omit<Split, 'features' | 'logits'> {
  readonly features: Rows
  readonly logits: Rows
}

/** Features and logits of a split: those that an earlier run left in the journal, and then the others. */
export async function extract(
  network: Network,
  { labels, values, name, source, rows, ids, paths, skipped }: SplitInputs,
  { split, journal, isSameDevice, onFeatures, onProgress, signal }: Extraction,
): Promise<ExtractedSplit> {
  const { d, c } = network.shape
  try {
    const { rows: from, differs } = await journal.restore({ rows: rows.rows, d, c }, network.batchOf(rows))
    if (differs.length > 0) onProgress?.({ phase: 'anew', split, differs })
    if (from > 0) onProgress?.({ phase: 'resuming', split, done: from, total: rows.rows })
    const keep = async (outputs: NetworkOutputs, start: number) => {
      await journal.keep(outputs, isSameDevice())
      onFeatures(start + outputs.features.rows)
    }
    await network.runAll(rows, keep, { from, signal })
  } finally {
    await journal.close()
  }
  const { features, logits } = journal.extracted()
  if (!paths) return { features, logits, labels, values, source, ids, pictures: null, sourceRows: null }
  const kept = Array.from({ length: rows.rows }, (_, row) => row).filter(row => !skipped.has(row))
  if (kept.length === 0) throw new UserError('format', `${name}: no picture can be read, expected images`)
  return {
    features: withoutRows(features, skipped),
    logits: withoutRows(logits, skipped),
    labels: labels && Int32Array.from(kept, row => labels[row]),
    values: values && keepRows(values, kept),
    source,
    ids: ids && kept.map(row => ids[row]),
    pictures: {
      paths: kept.map(row => paths[row]),
      skipped: [...skipped.values()].sort((a, b) => a.row - b.row),
    },
    sourceRows: null,
  }
}
