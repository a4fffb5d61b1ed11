import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Rows } from '../math/rows.ts'
import { type Extracted, type ExtractedSize, JournalFiles, journalRows } from './journal-files.node.ts'
import {
  differences,
  type JournalBlock,
  type JournalKey,
  journalLine,
  type ParsedJournal,
  parseJournal,
  type SkippedRow,
} from './journal-lines.ts'
import { translated } from './system-error.ts'

export interface JournalOptions {
  /** What messages call the place that is written. */
  readonly name: string
  readonly key: JournalKey
  /** By row: written with their blocks, and filled with those of blocks that are restored. */
  readonly skipped: Map<number, SkippedRow>
  /** Whether blocks with skipped rows are restored; without, extraction goes on at the first of them. */
  readonly skipBad: boolean
  /** How much work a crash may cost, in milliseconds; 1000 unless given. */
  readonly interval?: number
}

/** What an earlier run left. */
export interface Restored {
  /** How many rows, from the first on, are extracted already */
  readonly rows: number
  /** In what its key was another, so that nothing of it can be used; empty where it was not */
  readonly differs: readonly string[]
}

/** Longer ones are none of ours: a block a second makes 20 MB a day. */
const MOST_BYTES = 2 ** 28

/**
 * What was extracted of one split, on disk while it grows, so that a later run goes on from there.
 *
 *     train.journal    JSON lines: the key, then blocks of rows with their checksums
 *     train.features   float32 [n, d], filled from the first row on
 *     train.logits     float32 [n, c], likewise
 *
 * Numbers are on the disk before the line that vouches for them, and it vouches with a checksum: whatever a
 * crash tore, the blocks before that are used again, and nothing else is. Nothing that was extracted is held
 * any longer than until it is written.
 */
export class Journal {
  readonly #path: string
  readonly #options: JournalOptions
  readonly #key: string
  #size: ExtractedSize | null = null
  /** Rows that are on the disk or on their way there */
  #rows = 0
  /** Rows behind these that are still to be written */
  #waiting: Extracted[] = []
  /** Whether a later run may use what is kept from here on. */
  #lasting = true
  /** Where the next line goes */
  #end = 0
  #files: JournalFiles | null = null
  #lastWrite = performance.now()
  #writing: Promise<void> = Promise.resolve()

  constructor(folder: string, split: 'train' | 'test', options: JournalOptions) {
    this.#path = join(folder, split)
    this.#options = options
    this.#key = JSON.stringify(options.key)
  }

  /**
   * Finds the rows that an earlier run of the same key extracted, so that `keep` goes on behind them. Errors:
   * UserError `io`.
   *
   * @param batch rows that go through the network at once: blocks end where batches do
   */
  restore(size: ExtractedSize, batch: number): Promise<Restored> {
    this.#size = size
    return translated(this.#options.name, async () => {
      try {
        const journal = await this.#read()
        if (journal === null) return { rows: 0, differs: [] }
        const differs = differences(journal.key, this.#options.key)
        if (differs.length === 0) await this.#restoreBlocks(journal, size, batch)
        return { rows: this.#rows, differs }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { rows: 0, differs: [] }
        throw error
      }
    })
  }

  /**
   * Takes the rows of the next batch, whose matrices must not change any more. Writes them about once a second,
   * while the next ones are extracted. Errors: UserError `io`, at the latest with the last row.
   *
   * @param lasting whether a later run may use them; rows behind such that it may not are none that it may
   */
  async keep(batch: Extracted, lasting = true): Promise<void> {
    const { interval = 1000 } = this.#options
    if (this.#lasting && !lasting) await this.#flush()
    this.#lasting &&= lasting
    this.#waiting.push(batch)
    const isLast = this.#rows + rowsOf(this.#waiting) === this.#size?.rows
    if (!isLast && performance.now() - this.#lastWrite < interval) return
    await this.#flush()
    if (isLast) await this.#writing
  }

  /** Every row, once all are kept or restored, read from the disk. */
  extracted(): { features: Rows; logits: Rows } {
    if (this.#size === null || this.#rows < this.#size.rows) throw new Error('a journal without all rows')
    const { rows, d, c } = this.#size
    return {
      features: journalRows(this.#path, 'features', rows, d),
      logits: journalRows(this.#path, 'logits', rows, c),
    }
  }

  /** Lets go of the files, which stay. */
  async close(): Promise<void> {
    await this.#writing.catch(() => undefined)
    await this.#files?.close()
    this.#files = null
  }

  async #read(): Promise<ParsedJournal | null> {
    const path = `${this.#path}.journal`
    return (await stat(path)).size > MOST_BYTES ? null : parseJournal(await readFile(path))
  }

  async #restoreBlocks({ lines }: ParsedJournal, size: ExtractedSize, batch: number): Promise<void> {
    const n = size.rows
    const isNext = ({ from, to, skipped }: JournalBlock): boolean =>
      from === this.#rows &&
      from < to &&
      (to === n || (to < n && to % batch === 0)) &&
      skipped.every(({ row }) => from <= row && row < to)
    const files = await JournalFiles.open(this.#path, 'r')
    try {
      for (const { block, end } of lines) {
        if (!isNext(block) || (block.skipped.length > 0 && !this.#options.skipBad)) return
        if (!(await files.vouches(block, this.#key, size))) return
        for (const skipped of block.skipped) this.#options.skipped.set(skipped.row, skipped)
        this.#rows = block.to
        this.#end = end
      }
    } finally {
      await files.close()
    }
  }

  /** Begins to write what waits, when all before it is written. */
  async #flush(): Promise<void> {
    await this.#writing
    const batches = this.#waiting
    if (batches.length === 0) return
    this.#lastWrite = performance.now()
    this.#waiting = []
    const from = this.#rows
    const to = from + rowsOf(batches)
    this.#rows = to
    const isLasting = this.#lasting
    this.#writing = translated(this.#options.name, () => this.#write({ from, to }, batches, isLasting))
    // Whoever waits for it next is told of an error.
    this.#writing.catch(() => undefined)
  }

  async #write(
    { from, to }: Pick<JournalBlock, 'from' | 'to'>,
    batches: readonly Extracted[],
    isLasting: boolean,
  ): Promise<void> {
    if (this.#size === null) throw new Error('a journal is restored before anything is kept in it')
    const isNew = this.#end === 0
    this.#files ??= await JournalFiles.open(this.#path, isNew ? 'w' : 'r+')
    const skipped = [...this.#options.skipped.values()]
      .filter(({ row }) => from <= row && row < to)
      .sort((a, b) => a.row - b.row)
      .map(({ row, path, reason }) => ({ row, path, reason }))
    const sha256 = await this.#files.writeRows({ from, to, skipped }, this.#key, batches)
    if (!isLasting) return
    const line = journalLine({ from, to, skipped, sha256 })
    const lines = isNew ? journalLine({ key: this.#options.key }) + line : line
    this.#end = await this.#files.append(this.#end, lines)
  }
}

const rowsOf = (batches: readonly Extracted[]): number =>
  batches.reduce((rows, { features }) => rows + features.rows, 0)
