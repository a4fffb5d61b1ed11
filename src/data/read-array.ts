import type { Bytes } from '../formats/bytes.ts'
import { readFileBytes } from '../formats/files.node.ts'
import { formatError } from '../formats/format-error.ts'
import { gunzip } from '../formats/gzip.ts'
import { isIdx, readIdx } from '../formats/idx.ts'
import type { NdArray } from '../formats/ndarray.ts'
import { isNpy, placeNpy, readNpy } from '../formats/npy.ts'
import type { PlacedArray } from '../formats/placed-array.ts'
import { UserError } from '../user-error.ts'
import { type ArrayFile, type ArrayRole, plainFile } from './array-file.ts'
import { namedArrays, npz, safetensors } from './named-arrays.ts'
import { CSV, JSON_LINES, PARQUET, type TableKind } from './open-table.ts'
import { tableFile } from './table-file.ts'
import type { TableChoice } from './table-roles.ts'

/** A kind of file: how one begins or is called, and how it is opened. */
interface Kind {
  begins(prefix: Uint8Array): boolean
  readonly names: RegExp
  open(bytes: Bytes, choice: TableChoice): ArrayFile | Promise<ArrayFile>
  readonly isTable?: true
}

const begins =
  (...start: number[]) =>
  (prefix: Uint8Array) =>
    start.every((byte, k) => prefix[k] === byte)

/** In the order in which they are tried, first by their content, then by their name. */
const KINDS: readonly Kind[] = [
  { begins: isNpy, names: /\.npy$/i, open: bytes => oneArray(bytes, readNpy, placeNpy) },
  { begins: begins(0x50, 0x4b), names: /\.npz$/i, open: bytes => namedArrays(bytes, npz) },
  ofTable(PARQUET),
  // A header's length in eight bytes, of which the last ones are 0, then JSON.
  {
    begins: prefix => prefix[6] === 0 && prefix[7] === 0 && prefix[8] === 0x7b,
    names: /\.safetensors$/i,
    open: bytes => namedArrays(bytes, safetensors),
  },
  { begins: isIdx, names: /idx\d-ubyte$/i, open: bytes => oneArray(bytes, readIdx) },
  ofTable(JSON_LINES),
  ofTable(CSV),
]

/**
 * Opens a file of arrays, gzipped or not: .npy, .npz, .safetensors, IDX, or a table as Parquet, CSV or JSON
 * lines, of which `choice` says what the columns are.
 */
export async function openArrays(path: string, choice: TableChoice = {}): Promise<ArrayFile> {
  const bytes = await gunzip(await readFileBytes(path))
  const prefix = await bytes.slice(0, Math.min(9, bytes.byteLength))
  const name = path.replace(/\.gz$/i, '')
  const kind = KINDS.find(kind => kind.begins(prefix)) ?? KINDS.find(kind => kind.names.test(name))
  if (!kind) {
    throw formatError(
      bytes,
      'none of .npy, .npz, .safetensors, IDX, Parquet, .csv and .jsonl, expected one of these, convert it or check the path',
    )
  }
  const option = choice.labelColumn ?? choice.idColumn
  if (!kind.isTable && option !== undefined && !choice.columns) {
    throw new UserError('usage', `${path}: no table, so it has no column ${option}, leave the option out`)
  }
  return kind.open(bytes, choice)
}

/** Reads one array of a file. */
export async function readArray(path: string, role: ArrayRole, choice: TableChoice = {}): Promise<NdArray> {
  return (await openArrays(path, choice)).read(role)
}

/** A table as a file of arrays. */
function ofTable({ begins, names, open }: TableKind): Kind {
  return { begins, names, open: async (bytes, choice) => tableFile(await open(bytes), choice), isTable: true }
}

/** A file that is one array, whatever it is for. */
function oneArray(
  bytes: Bytes,
  read: (bytes: Bytes) => Promise<NdArray>,
  place: (bytes: Bytes) => Promise<PlacedArray | null> = async () => null,
): ArrayFile {
  return plainFile(bytes.name, {
    read: () => read(bytes),
    place: () => place(bytes),
    readBeside: async () => null,
    placeBeside: async () => null,
  })
}
