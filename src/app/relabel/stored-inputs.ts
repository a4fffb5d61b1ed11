import { type Dtype, type Rows, withoutRows } from '../../math/rows.ts'
import type { Activation } from '../../onnx/activation.ts'
import type { ExplainerReader } from '../../store/read.node.ts'
import type { ExplainerWriter } from '../../store/write.node.ts'
import { LABELS_FIT, MODEL_FOLDER, readExamples, readHead, readRows } from '../explainer/files.node.ts'
import { countOf, storedFeatures, storedValues } from '../explainer/stored-rows.ts'
import type { SplitName } from '../explainer/stored-splits.ts'
import type { Split } from '../fit/inputs.ts'
import type { Ingredients } from '../fit/make-explainer.ts'
import type { FitOptions } from '../fit/options.ts'
import { keepRows } from '../fit/pictures.ts'
import { planWithin } from '../fit/plan.ts'
import type { Setting } from '../fit/setting.ts'
import { writeRows } from '../fit/write-rows.ts'
import { readMachine } from '../machine/machine.node.ts'
import type { Corrected } from './corrections.ts'

/**
 * What an explainer was made of, copied into a new one with corrected labels and without the examples that are
 * left out. Its heads start where they ended.
 */
export async function storedInputs(
  reader: ExplainerReader,
  writer: ExplainerWriter,
  corrected: Corrected,
  { memory, signal, onProgress }: Pick<FitOptions, 'memory' | 'signal' | 'onProgress'>,
): Promise<Omit<Ingredients, 'origin' | 'begin'>> {
  const { manifest } = reader
  const { d, c, dtype, tests } = manifest
  const n = manifest.n - corrected.excluded.size
  const size = { n, examples: n + tests, d, c, dtype, hasValues: corrected.values !== null }
  const plan = planWithin(size, memory, readMachine().memory)
  const copy = new Copy(reader, writer, n + tests, {
    signal,
    ...(onProgress && { onProgress }),
  })
  const train = await copy.split('train', { ...corrected, inMemory: plan.features })
  const { labels } = tests > 0 ? await readExamples(reader, 'test/examples.parquet', tests) : { labels: null }
  const test =
    tests > 0
      ? await copy.split('test', {
          labels,
          values: await storedValues(reader, 'test'),
          excluded: new Set(),
          inMemory: false,
        })
      : null
  await copy.model()
  const [explained, ofLabels] = await Promise.all([
    readHead(reader, ''),
    reader.has(`${LABELS_FIT}head.safetensors`) ? readHead(reader, LABELS_FIT) : null,
  ])
  return {
    inputs: { plan, train, test, givenHead: explained.given },
    setting: await settingOf(reader, corrected),
    starts: { explained: explained.theta, labels: ofLabels?.theta ?? null },
  }
}

/** The choices of the fit before, of which none is made again. */
async function settingOf(reader: ExplainerReader, { excluded }: Corrected): Promise<Setting> {
  const { n, c, task, classCount, lambda, bias, kernel, targets, activation, gap, classes } = reader.manifest
  const soft = targets === 'soft' ? await readRows(reader, 'train/targets.npy', [n, c], ['float32']) : null
  return {
    c,
    task,
    classCount,
    lambda,
    bias,
    kernel,
    targets,
    soft: soft && withoutRows(soft, excluded),
    activation: activation as Activation,
    gap,
    classes,
    ids: null,
  }
}

interface Kept extends Pick<Corrected, 'labels' | 'values' | 'excluded'> {
  readonly inMemory: boolean
}

/** Copies what is stored of an explainer into a new one. */
class Copy {
  readonly #reader: ExplainerReader
  readonly #writer: ExplainerWriter
  /** Examples of both splits, and how many are done */
  readonly #total: number
  #done = 0
  readonly #options: Pick<FitOptions, 'signal' | 'onProgress'>

  constructor(
    reader: ExplainerReader,
    writer: ExplainerWriter,
    total: number,
    options: Pick<FitOptions, 'signal' | 'onProgress'>,
  ) {
    this.#reader = reader
    this.#writer = writer
    this.#total = total
    this.#options = options
  }

  /** Errors: UserError on files that are not as `fit` writes them. */
  async split(name: SplitName, { labels, values, excluded, inMemory }: Kept): Promise<Split> {
    const reader = this.#reader
    const count = countOf(reader, name)
    const { ids, paths, sourceRows } = await readExamples(reader, `${name}/examples.parquet`, count)
    const kept = Array.from({ length: count }, (_, row) => row).filter(row => !excluded.has(row))
    const features = await this.#rows(
      `${name}/features.npy`,
      await storedFeatures(reader, name),
      excluded,
      inMemory,
    )
    const logitsPath = `${name}/logits.npy`
    const logits = reader.has(logitsPath)
      ? await readRows(reader, logitsPath, [count, reader.manifest.c], ['float32'])
      : null
    const source = reader.manifest.sources[name]
    const moved = sourceRows !== null || (source?.kind === 'array' && excluded.size > 0)
    return {
      features,
      logits: logits && (await this.#rows(logitsPath, logits, excluded, false)),
      labels: labels && Int32Array.from(kept, row => labels[row]),
      values: values && keepRows(values, kept),
      ids: kept.map(row => ids.at(row)),
      source,
      pictures: paths && { paths: kept.map(row => paths[row]), skipped: [] },
      sourceRows: moved ? Int32Array.from(kept, row => sourceRows?.[row] ?? row) : null,
    }
  }

  /** The network with its weight files. */
  async model(): Promise<void> {
    for (const path of Object.keys(this.#reader.manifest.files)) {
      if (path.startsWith(MODEL_FOLDER)) await this.#writer.writeParts(path, this.#parts(path))
    }
  }

  #rows<D extends Dtype>(
    path: string,
    source: Rows<D>,
    excluded: ReadonlySet<number>,
    inMemory: boolean,
  ): Promise<Rows<D>> {
    const rows = withoutRows(source, excluded)
    return writeRows(this.#writer, path, rows, this.#counted(rows, path.endsWith('features.npy')), {
      inMemory,
      signal: this.#options.signal,
    })
  }

  async *#counted<D extends Dtype>(rows: Rows<D>, counts: boolean) {
    for await (const { matrix } of rows.blocks(BLOCK_ROWS)) {
      yield matrix
      if (!counts) continue
      this.#done += matrix.rows
      this.#options.onProgress?.({ phase: 'features', done: this.#done, total: this.#total })
    }
  }

  async *#parts(path: string): AsyncGenerator<Uint8Array> {
    const file = await this.#reader.file(path)
    for (let at = 0; at < file.byteLength; at += CHUNK) {
      this.#options.signal?.throwIfAborted()
      yield new Uint8Array(await file.slice(at, Math.min(at + CHUNK, file.byteLength)))
    }
  }
}

const BLOCK_ROWS = 4096

/** Bytes of a file that is copied as it is, held at once. */
const CHUNK = 2 ** 24
