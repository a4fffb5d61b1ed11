import { closeSync, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs'
import type { NpyHeader } from '../formats/npy-header.ts'
import { float16ToFloat32 } from '../math/float16.ts'
import type { RowLookup } from '../math/row-lookup.ts'
import { UserError } from '../user-error.ts'

/** Bytes that are read at once: a page of most disks, and rows beside each other that are asked for in turn. */
const PAGE = 2 ** 12

/** How one number lies in a file, little-endian. */
const STORED = {
  float32: { size: 4, read: (view: DataView, at: number) => view.getFloat32(at, true) },
  float16: { size: 2, read: (view: DataView, at: number) => float16ToFloat32(view.getUint16(at, true)) },
} as const

export type StoredFloat = keyof typeof STORED

/**
 * The rows of an .npy file in C order, read when they are asked for, at once; rows that were read are kept until
 * others need their place. The file is opened when it is first read, and again after it was closed.
 */
export class FileLookup implements RowLookup {
  readonly rows: number
  readonly cols: number
  readonly data: Float32Array
  readonly #path: string
  readonly #dataOffset: number
  readonly #stored: (typeof STORED)[StoredFloat]
  readonly #rowsPerPage: number
  /** Which page stands in each place; −1 where none does. */
  readonly #pages: Int32Array
  readonly #bytes: Uint8Array
  /** Which file it was when this was made. */
  readonly #identity: string
  #file: number | undefined

  /** @param cacheBytes for rows that are kept, as float32; one page of them is at least */
  constructor(path: string, { dtype, shape, dataOffset }: StoredRows, cacheBytes: number) {
    const [rows, cols] = shape
    this.rows = rows
    this.cols = cols
    this.#path = path
    this.#dataOffset = dataOffset
    this.#stored = STORED[dtype]
    this.#rowsPerPage = Math.max(1, Math.floor(PAGE / Math.max(1, cols * this.#stored.size)))
    const pageNumbers = this.#rowsPerPage * cols
    const pages = Math.ceil(rows / this.#rowsPerPage)
    const kept = Math.max(1, Math.min(pages, Math.floor(cacheBytes / (4 * pageNumbers))))
    this.data = new Float32Array(kept * pageNumbers)
    this.#pages = new Int32Array(kept).fill(-1)
    this.#bytes = new Uint8Array(pageNumbers * this.#stored.size)
    this.#identity = identityOf(statSync(path, { throwIfNoEntry: false }))
  }

  /** Errors: UserError `io` where the file can no longer be read, or ends too early. */
  locate(i: number): number {
    const page = Math.floor(i / this.#rowsPerPage)
    const place = page % this.#pages.length
    if (this.#pages[place] !== page) this.#read(page, place)
    return (place * this.#rowsPerPage + (i % this.#rowsPerPage)) * this.cols
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }

  #read(page: number, place: number): void {
    const first = page * this.#rowsPerPage
    const numbers = Math.min(this.#rowsPerPage, this.rows - first) * this.cols
    const { size, read } = this.#stored
    this.#pages[place] = -1
    this.#fill(numbers * size, this.#dataOffset + first * this.cols * size)
    const view = new DataView(this.#bytes.buffer)
    const start = place * this.#rowsPerPage * this.cols
    for (let a = 0; a < numbers; a++) this.data[start + a] = read(view, a * size)
    this.#pages[place] = page
  }

  #open(): number {
    const file = openSync(this.#path, 'r')
    if (identityOf(fstatSync(file)) === this.#identity) return file
    closeSync(file)
    throw new UserError(
      'io',
      `${this.#path}: another file than it was, expected it not to change while it is read`,
    )
  }

  #fill(length: number, position: number): void {
    let at = 0
    try {
      this.#file ??= this.#open()
      while (at < length) {
        const count = readSync(this.#file, this.#bytes, at, length - at, position + at)
        if (count === 0) break
        at += count
      }
    } catch (cause) {
      if (cause instanceof UserError) throw cause
      const { code } = cause as NodeJS.ErrnoException
      throw new UserError('io', `${this.#path}: cannot be read (${code}), expected it to stay where it is`, {
        cause,
      })
    }
    if (at === length) return
    throw new UserError(
      'io',
      `${this.#path}: ends before byte ${position + length}, expected it not to change while it is read`,
    )
  }
}

const identityOf = (stats: Stats | undefined): string =>
  [stats?.dev, stats?.ino, stats?.size, stats?.mtimeMs].join()

/** What the header of a file says of rows that can be read in place. */
export interface StoredRows {
  readonly dtype: StoredFloat
  readonly shape: readonly [number, number]
  readonly dataOffset: number
}

/** Whether rows can be read in place: their numbers are stored as such, one row after another. */
export function areRows(header: NpyHeader): header is NpyHeader & StoredRows {
  const { dtype, shape, fortranOrder, littleEndian } = header
  return shape.length === 2 && !fortranOrder && littleEndian && Object.hasOwn(STORED, dtype)
}
