import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Matrix } from '../math/matrix.ts'
import type { Rows } from '../math/rows.ts'
import { hashRange, syncDirectory, writeHashed } from './durable.node.ts'
import { fileRows } from './file-rows.node.ts'
import type { JournalBlock } from './journal-lines.ts'

/** Consecutive rows of what is extracted of a split. */
export interface Extracted {
  /** [rows, d] */
  readonly features: Matrix<Float32Array>
  /** [rows, c] */
  readonly logits: Matrix<Float32Array>
}

/** How much is extracted of a split. */
export interface ExtractedSize {
  readonly rows: number
  readonly d: number
  readonly c: number
}

const PARTS = ['features', 'logits'] as const

/** Files of journals, in a folder that may hold others. */
export const JOURNAL_FILE = /^(train|test)\.(journal|features|logits)$/

/** The numbers of one matrix of a journal as rows, wherever they were extracted. */
export function journalRows(path: string, part: (typeof PARTS)[number], rows: number, cols: number): Rows {
  return fileRows({ path: `${path}.${part}`, offset: 0, rows, cols, dtype: 'float32' })
}

/** The open files of one journal: `PATH.journal`, and a file of raw numbers for each matrix. */
export class JournalFiles {
  readonly #journal: FileHandle
  readonly #parts: readonly FileHandle[]

  private constructor([journal, ...parts]: readonly FileHandle[]) {
    this.#journal = journal
    this.#parts = parts
  }

  /** @param flags `r`, `r+`, or `w` to begin anew: then what vouches for the numbers goes before them */
  static async open(path: string, flags: 'r' | 'r+' | 'w'): Promise<JournalFiles> {
    const handles: FileHandle[] = []
    try {
      for (const part of ['journal', ...PARTS]) handles.push(await open(`${path}.${part}`, flags))
      if (flags === 'w') await syncDirectory(dirname(path))
      return new JournalFiles(handles)
    } catch (error) {
      for (const handle of handles) await handle.close()
      throw error
    }
  }

  /** Writes the numbers of a block's rows, lasting, and answers their checksum with what is said of them. */
  async writeRows(block: Unhashed, key: string, batches: readonly Extracted[]): Promise<string> {
    const hash = createHash('sha256').update(said(block, key))
    for (const [k, part] of PARTS.entries()) {
      let row = block.from
      for (const { [part]: matrix } of batches) {
        await writeHashed(this.#parts[k], bytesOf(matrix), row * bytesOfRow(matrix.cols), hash)
        row += matrix.rows
      }
      await this.#parts[k].datasync()
    }
    return hash.digest('hex')
  }

  /** Whether the numbers of a block's rows are those that were written. */
  async vouches(block: JournalBlock, key: string, { d, c }: ExtractedSize): Promise<boolean> {
    const hash = createHash('sha256').update(said(block, key))
    for (const [k, cols] of [d, c].entries()) {
      const [start, end] = [block.from, block.to].map(row => row * bytesOfRow(cols))
      if (!(await hashRange(this.#parts[k], start, end - start, hash))) return false
    }
    return hash.digest('hex') === block.sha256
  }

  /** Puts lines in place of what is in the journal from byte `at` on, lasting; answers where they end. */
  async append(at: number, lines: string): Promise<number> {
    const bytes = new TextEncoder().encode(lines)
    await this.#journal.truncate(at)
    await writeHashed(this.#journal, bytes, at)
    await this.#journal.datasync()
    return at + bytes.byteLength
  }

  async close(): Promise<void> {
    for (const handle of [this.#journal, ...this.#parts]) await handle.close()
  }
}

type Unhashed = Omit<JournalBlock, 'sha256'>

/** What a checksum covers beside the numbers. */
const said = ({ from, to, skipped }: Unhashed, key: string): string =>
  `${key}\n${JSON.stringify({ from, to, skipped })}\n`

const bytesOfRow = (cols: number): number => cols * Float32Array.BYTES_PER_ELEMENT

const bytesOf = ({ data }: Matrix<Float32Array>): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
