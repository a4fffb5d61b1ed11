import type { RowLookup } from '../../math/row-lookup.ts'
import type { ExplainerReader } from '../../store/read.node.ts'
import { UserError } from '../../user-error.ts'
import type { Query } from './explanation.ts'
import { type Examples, readExamples, readLookup } from './files.node.ts'

export type SplitName = 'train' | 'test'

/** What is known of a split. */
interface SplitRows {
  readonly features: RowLookup
  /** Labels that are numbers [rows, c] */
  readonly values: RowLookup | null
  readonly examples: Examples
}

/** The examples of one split, each of which can be asked for as a query. */
class StoredSplit {
  readonly #name: SplitName
  readonly #rows: SplitRows
  readonly #logits: RowLookup | null

  /** @param logits the given model's [rows, c] */
  constructor(name: SplitName, rows: SplitRows, logits: RowLookup | null) {
    this.#name = name
    this.#rows = rows
    this.#logits = logits
  }

  get count(): number {
    return this.#rows.features.rows
  }

  get examples(): Examples {
    return this.#rows.examples
  }

  /** Features [d], to keep. Errors: UserError where there is no such row. */
  featuresOf(row: number): Float32Array {
    if (Number.isInteger(row) && row >= 0 && row < this.count) return copyRow(this.#rows.features, row)
    throw new UserError(
      'not-found',
      `example not found: ${this.#name}/${row}, expected 0 to ${this.count - 1}`,
    )
  }

  /** The given model's logits [c], where they are known. */
  logitsOf(row: number): Float32Array | null {
    return this.#logits && copyRow(this.#logits, row)
  }

  /** What is known of an example beside its features. */
  queryOf(row: number): Query {
    const { values, examples } = this.#rows
    const logits = this.logitsOf(row)
    return {
      input: `${this.#name}/${row}`,
      label: examples.labels?.[row] ?? null,
      ...(values && { labelValues: copyRow(values, row) }),
      ...(logits && { givenLogits: logits }),
    }
  }

  close(): void {
    for (const rows of [this.#rows.features, this.#rows.values, this.#logits]) rows?.close()
  }
}

/** The examples that an explainer has stored, read when they are first asked for. */
export class StoredSplits {
  readonly #reader: ExplainerReader
  readonly #train: SplitRows
  readonly #cacheBytes: number | null
  readonly #splits = new Map<SplitName, Promise<StoredSplit>>()

  /** @param cacheBytes as `readLookup` takes it, for arrays of which single rows are asked for */
  constructor(reader: ExplainerReader, train: SplitRows, cacheBytes: number | null) {
    this.#reader = reader
    this.#train = train
    this.#cacheBytes = cacheBytes
  }

  /** Errors: UserError where there is no such split. */
  of(split: SplitName): Promise<StoredSplit> {
    const known = this.#splits.get(split)
    if (known) return known
    const reading = this.#read(split)
    this.#splits.set(split, reading)
    reading.catch(() => this.#splits.delete(split))
    return reading
  }

  /** Lets go of the files of what was read. */
  async close(): Promise<void> {
    for (const split of await Promise.allSettled(this.#splits.values())) {
      if (split.status === 'fulfilled') split.value.close()
    }
  }

  async #read(split: SplitName): Promise<StoredSplit> {
    const { n, tests, d, c } = this.#reader.manifest
    if (split !== 'train' && split !== 'test') {
      throw new UserError('usage', `split not found: ${split}, expected train or test`)
    }
    const rows = split === 'train' ? n : tests
    if (rows === 0) {
      throw new UserError(
        'not-found',
        `${this.#reader.directory}: no test examples stored, run fit again with --test or --test-features`,
      )
    }
    const lookup = (file: string, cols: number) =>
      readLookup(this.#reader, `${split}/${file}`, [rows, cols], this.#cacheBytes)
    const optional = async (file: string) =>
      this.#reader.has(`${split}/${file}`) ? await lookup(file, c) : null
    const logits = await optional('logits.npy')
    if (split === 'train') return new StoredSplit(split, this.#train, logits)
    const features = await lookup('features.npy', d)
    const values = await optional('labels.npy')
    const examples = await readExamples(this.#reader, 'test/examples.parquet', rows)
    return new StoredSplit(split, { features, values, examples }, logits)
  }
}

/** Row i, to keep. */
function copyRow(rows: RowLookup, i: number): Float32Array {
  const at = rows.locate(i)
  return rows.data.slice(at, at + rows.cols)
}
