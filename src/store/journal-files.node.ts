import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Matrix } from '../math/matrix.ts'
import { readHashed, syncDirectory, writeHashed } from './durable.node.ts'
import type { JournalBlock } from './journal-lines.ts'

/** What is extracted of a split: row i of each is that of example i. */
export interface Extracted {
  /** [n, d] */
  readonly features: Matrix<Float32Array>
  /** [n, c] */
  readonly logits: Matrix<Float32Array>
}

const PARTS = ['features', 'logits'] as const

/** Files of journals, in a folder that may hold others. */
export const JOURNAL_FILE = /^(train|test)\.(journal|features|logits)$/

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
  async writeRows(block: Unhashed, key: string, { features, logits }: Extracted): Promise<string> {
    const hash = createHash('sha256').update(said(block, key))
    for (const [k, matrix] of [features, logits].entries()) {
      await writeHashed(this.#parts[k], bytesOf(block, matrix), block.from * bytesOfRow(matrix), hash)
      await this.#parts[k].datasync()
    }
    return hash.digest('hex')
  }

  /** Reads the numbers of a block's rows into their places; false where they are not what was written. */
  async readRows(block: JournalBlock, key: string, { features, logits }: Extracted): Promise<boolean> {
    const hash = createHash('sha256').update(said(block, key))
    for (const [k, matrix] of [features, logits].entries()) {
      const position = block.from * bytesOfRow(matrix)
      if (!(await readHashed(this.#parts[k], bytesOf(block, matrix), position, hash))) return false
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

const bytesOfRow = ({ cols }: Matrix<Float32Array>): number => cols * Float32Array.BYTES_PER_ELEMENT

/** The rows of a block in a matrix in memory, as bytes and not a copy. */
function bytesOf({ from, to }: Unhashed, matrix: Matrix<Float32Array>): Uint8Array {
  const { buffer, byteOffset } = matrix.data
  return new Uint8Array(buffer, byteOffset + from * bytesOfRow(matrix), (to - from) * bytesOfRow(matrix))
}
