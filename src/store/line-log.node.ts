import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { UserError } from '../user-error.ts'
import { syncDirectory } from './durable.node.ts'
import { translated } from './system-error.ts'

const NEWLINE = 0x0a

/** Ends a line that a crash cut off. No line that was meant has it, and ASCII means just that by it. */
const CANCEL = 0x18

/**
 * A file that only ever grows, by one line a time, each on the disk before whoever wrote it goes on. Several
 * processes may write to it: what others wrote is read before every answer.
 *
 * What a crash leaves of a line has no end of line. It is passed over, and the next one to write cancels it with
 * a control character instead of taking anything away or being glued to it.
 */
export class LineLog<T> {
  readonly path: string
  readonly #parse: (text: string, line: number) => T | null
  #entries: T[] = []
  /** Which file was read, how far, and how many lines that are. */
  #file: bigint | null = null
  #end = 0
  #lines = 0

  /** @param parse null for a line that is none of this log's; lines count from 1, cancelled ones too */
  constructor(path: string, parse: (text: string, line: number) => T | null) {
    this.path = path
    this.#parse = parse
  }

  /** What every line says, in order; nothing where there is no file. Errors: UserError `format`, naming the line. */
  entries(): Promise<readonly T[]> {
    return translated(this.path, async () => {
      const handle = await openIfThere(this.path)
      if (!handle) {
        this.#forget(null)
        return this.#entries
      }
      try {
        await this.#readGrown(handle)
      } finally {
        await handle.close()
      }
      return this.#entries
    })
  }

  /** Adds a line, and answers when it will last. Makes the file, and its directory in one that is there. */
  append(text: string): Promise<void> {
    return translated(this.path, async () => {
      const directory = dirname(this.path)
      const isNew = await made(directory, this.path)
      const handle = await open(this.path, 'a+')
      try {
        const { size } = await handle.stat()
        const start = (await endsLine(handle, size)) ? '' : `${String.fromCharCode(CANCEL)}\n`
        await handle.appendFile(`${start}${text}\n`)
        await handle.sync()
        if (size === 0) await syncDirectory(directory)
      } finally {
        await handle.close()
      }
      if (isNew) await syncDirectory(dirname(directory))
    })
  }

  async #readGrown(handle: FileHandle): Promise<void> {
    const { ino, size } = await handle.stat({ bigint: true })
    // Another file of this name, such as one put back from a copy.
    if (ino !== this.#file || size < this.#end) this.#forget(ino)
    const grown = Buffer.alloc(Number(size) - this.#end)
    const { bytesRead } = await handle.read(grown, 0, grown.length, this.#end)
    const entries: T[] = []
    let start = 0
    let lines = this.#lines
    const content = grown.subarray(0, bytesRead)
    for (let at = content.indexOf(NEWLINE); at >= 0; at = content.indexOf(NEWLINE, start)) {
      lines++
      if (at > start && content[at - 1] !== CANCEL)
        entries.push(this.#read(content.subarray(start, at), lines))
      start = at + 1
    }
    for (const entry of entries) this.#entries.push(entry)
    this.#lines = lines
    this.#end += start
  }

  #read(bytes: Uint8Array, line: number): T {
    try {
      const entry = this.#parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes), line)
      if (entry !== null) return entry
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
    }
    throw new UserError(
      'format',
      `${this.path}: line ${line} cannot be read, expected a line that representer wrote, mend it or take it out`,
    )
  }

  #forget(file: bigint | null): void {
    this.#entries = []
    this.#file = file
    this.#end = 0
    this.#lines = 0
  }
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw cause
  }
}

/** Whether a directory had to be made. */
async function made(directory: string, path: string): Promise<boolean> {
  try {
    await mkdir(directory)
    return true
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    if (code !== 'ENOENT') throw cause
    const message = `${path}: no directory to write it in, check whether the explainer is still there`
    throw new UserError('not-found', message, { cause })
  }
}

/** Whether a file of so many bytes ends where a line does. */
async function endsLine(handle: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return true
  const last = new Uint8Array(1)
  await handle.read(last, 0, 1, size - 1)
  return last[0] === NEWLINE
}
