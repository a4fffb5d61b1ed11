import { encodeElements } from '../../formats/elements.ts'
import type { DType, NdArray, TypedArray } from '../../formats/ndarray.ts'
import { encodeNpyHeader, readNpy } from '../../formats/npy.ts'
import { expectShape } from '../../math/matrix.ts'
import type { BoundIndex } from '../../method/index/bound-index.ts'
import type { ExplainerReader } from '../../store/read.node.ts'
import type { ExplainerWriter } from '../../store/write.node.ts'
import { UserError } from '../../user-error.ts'

/*
 * The index of a fit, a file for each of its arrays: `BoundIndex` says what they are.
 */

/** The type that each file of an index holds. */
const TYPES = {
  rows: 'uint32',
  bounds: 'float32',
  alphas: 'float32',
  coordinates: 'float32',
  directions: 'float64',
  offsets: 'uint32',
  left: 'float32',
  norm: 'float64',
} as const satisfies { readonly [file: string]: DType }

type IndexFile = keyof typeof TYPES

export async function writeIndex(writer: ExplainerWriter, folder: string, index: BoundIndex): Promise<void> {
  const { rows, bounds, alphas, coordinates, directions, offsets, left, largestNorm } = index
  const arrays: { readonly [K in IndexFile]: { shape: readonly number[]; data: TypedArray } } = {
    rows: { shape: [rows.length], data: rows },
    bounds: { shape: [rows.length], data: bounds },
    alphas: { shape: [rows.length], data: alphas },
    coordinates: { shape: [coordinates.rows, coordinates.cols], data: coordinates.data },
    directions: { shape: [directions.rows, directions.cols], data: directions.data },
    offsets: { shape: [offsets.length], data: offsets },
    left: { shape: [left.length], data: left },
    norm: { shape: [1], data: Float64Array.of(largestNorm) },
  }
  for (const [file, { shape, data }] of Object.entries(arrays)) {
    const array: NdArray = { dtype: TYPES[file as IndexFile], shape, data }
    await writer.write(
      `${folder}index/${file}.npy`,
      encodeNpyHeader(array.dtype, shape),
      encodeElements(array),
    )
  }
}

/**
 * Reads the index of a fit on n examples with c outputs and q of length `queryLength`. Errors: UserError on
 * arrays that do not fit together and on rows that do not exist.
 */
export async function readIndex(
  reader: ExplainerReader,
  folder: string,
  { n, c, queryLength, nonNegative }: { n: number; c: number; queryLength: number; nonNegative: boolean },
): Promise<BoundIndex> {
  const files = Object.keys(TYPES) as IndexFile[]
  const read = await Promise.all(files.map(file => readArray(reader, folder, file)))
  const arrays = Object.fromEntries(files.map((file, at) => [file, read[at]])) as {
    readonly [K in IndexFile]: NdArray
  }
  const [entries] = arrays.rows.shape
  const [p] = arrays.directions.shape
  const shapes: { readonly [K in IndexFile]: readonly number[] } = {
    rows: [entries],
    bounds: [entries],
    alphas: [entries],
    coordinates: [entries, p === 0 ? 0 : p + 1],
    directions: [p - (p % 4), queryLength],
    offsets: [2 * c + 1],
    left: [2 * c],
    norm: [1],
  }
  for (const file of files) expectShape(`${folder}index/${file}.npy`, arrays[file].shape, shapes[file])
  const rows = arrays.rows.data as Uint32Array
  const offsets = arrays.offsets.data as Uint32Array
  expectSound(rows, offsets, n, `${reader.directory}: ${folder}index`)
  return {
    rows,
    bounds: arrays.bounds.data as Float32Array,
    alphas: arrays.alphas.data as Float32Array,
    coordinates: {
      rows: entries,
      cols: shapes.coordinates[1],
      data: arrays.coordinates.data as Float32Array,
    },
    directions: { rows: p, cols: queryLength, data: arrays.directions.data as Float64Array },
    offsets,
    left: arrays.left.data as Float32Array,
    largestNorm: Number(arrays.norm.data[0]),
    nonNegative,
  }
}

async function readArray(reader: ExplainerReader, folder: string, file: IndexFile): Promise<NdArray> {
  const array = await readNpy(await reader.file(`${folder}index/${file}.npy`))
  if (array.dtype === TYPES[file]) return array
  throw new UserError(
    'format',
    `${reader.directory}: ${folder}index holds other types of numbers, run fit again`,
  )
}

function expectSound(rows: Uint32Array, offsets: Uint32Array, n: number, name: string): void {
  let isSound = offsets[0] === 0 && offsets[offsets.length - 1] === rows.length
  for (let i = 1; i < offsets.length; i++) isSound &&= offsets[i] >= offsets[i - 1]
  for (let i = 0; i < rows.length; i++) isSound &&= rows[i] < n
  if (isSound) return
  throw new UserError('format', `${name} names rows that do not exist, run fit again`)
}
