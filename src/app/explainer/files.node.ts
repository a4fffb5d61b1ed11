import { encodeElements } from '../../formats/elements.ts'
import type { NdArray, TypedArray } from '../../formats/ndarray.ts'
import { encodeNpyHeader, readNpy, readNpyHeader } from '../../formats/npy.ts'
import { readParquet, readParquetInfo } from '../../formats/parquet.ts'
import { readParquetText, type TextColumn } from '../../formats/parquet-text.ts'
import { encodeSafetensors, readSafetensors } from '../../formats/safetensors.ts'
import { expectShape, type FloatArray, type Matrix } from '../../math/matrix.ts'
import { MemoryLookup, type RowLookup } from '../../math/row-lookup.ts'
import type { Dtype, Rows } from '../../math/rows.ts'
import type { ExplainedFit } from '../../method/fit/explained-fit.ts'
import { type Kernel, kernelOf, kernelRows } from '../../method/head/kernel.ts'
import type { BoundIndex } from '../../method/index/bound-index.ts'
import { areRows, FileLookup } from '../../store/file-lookup.node.ts'
import { fileRows } from '../../store/file-rows.node.ts'
import type { ExplainerReader } from '../../store/read.node.ts'
import type { ExplainerWriter } from '../../store/write.node.ts'
import { UserError } from '../../user-error.ts'
import type { GivenHead } from './given-head.ts'
import { readIndex, writeIndex } from './index-files.ts'

/*
 * Which array stands in which file of an explainer: the layout of design.md, in formats that NumPy, pandas
 * and safetensors open.
 */

/** Where the files of the fit with labels stand; the explained fit's stand at the top. */
export const LABELS_FIT = 'fits/labels/'
export const MODEL_FOLDER = 'model/'

/** What is kept of each example of a split. */
export interface Examples {
  /** Decoded when they are asked for */
  readonly ids: TextColumn
  readonly labels: Int32Array | null
  /** What the given model decides where it is known, else the fitted head: a class, or else the largest output. */
  readonly predicted: Int32Array
  /** What the fitted head decides. */
  readonly fitted: Int32Array
  /** Where each picture stands below the path of its source, for pictures in files of their own. */
  readonly paths: readonly string[] | null
  /** The row of each picture in the array of its source, where that is not its own row here. */
  readonly sourceRows: Int32Array | null
}

/** A fit as it is read back. */
export interface StoredFit {
  readonly theta: Matrix<Float64Array>
  readonly kernel: Kernel
  readonly given: GivenHead | null
  readonly alpha: RowLookup
  readonly residual: Matrix<Float64Array>
  readonly byClass: Matrix<Float64Array> | null
  readonly index: BoundIndex
}

async function writeMatrix(writer: ExplainerWriter, path: string, matrix: Matrix): Promise<void> {
  const dtype = matrix.data instanceof Float32Array ? 'float32' : 'float64'
  await writeArray(writer, path, { dtype, shape: [matrix.rows, matrix.cols], data: matrix.data })
}

async function writeArray(writer: ExplainerWriter, path: string, array: NdArray): Promise<void> {
  await writer.write(path, encodeNpyHeader(array.dtype, array.shape), encodeElements(array))
}

/** Writes all of a fit but α, which is written as it is made. */
export async function writeFit(
  writer: ExplainerWriter,
  folder: string,
  { theta, kernel, residual, byClass, index }: ExplainedFit,
  { d, given, groupCount }: { d: number; given: GivenHead | null; groupCount: number },
): Promise<void> {
  await writer.write(`${folder}head.safetensors`, encodeHead(theta, d, given))
  await writeMatrix(writer, `${folder}residual.npy`, residual)
  if (byClass) {
    const shape = [groupCount, residual.rows, residual.cols]
    await writeArray(writer, `${folder}by-class.npy`, { dtype: 'float64', shape, data: byClass.data })
  }
  if (kernel.mean) await writeArray(writer, `${folder}mean.npy`, vector('float64', kernel.mean))
  await writeIndex(writer, folder, index)
}

const vector = (dtype: NdArray['dtype'], data: TypedArray): NdArray => ({
  dtype,
  shape: [data.length],
  data,
})

/** @param alphaCache as `readLookup` takes it */
export async function readFit(
  reader: ExplainerReader,
  folder: string,
  alphaCache: number | null,
): Promise<StoredFit> {
  const { n, d, c, groupCount, bias, nonNegative } = reader.manifest
  const rows = kernelRows(kernelOf(bias, d))
  const byClassPath = `${folder}by-class.npy`
  const [solution, alpha, byClass, index] = await Promise.all([
    readSolution(reader, folder),
    readLookup(reader, `${folder}alpha.npy`, [n, c], alphaCache),
    reader.has(byClassPath) ? readByClass(reader, byClassPath, groupCount, rows * c) : null,
    readIndex(reader, folder, { n, c, queryLength: rows, nonNegative }),
  ])
  return { ...solution, alpha, byClass, index }
}

/** What of a fit does not grow with the training examples. */
export async function readSolution(
  reader: ExplainerReader,
  folder: string,
): Promise<Pick<StoredFit, 'theta' | 'kernel' | 'given' | 'residual'>> {
  const { d, c, bias } = reader.manifest
  const [mean, head, residual] = await Promise.all([
    readMean(reader, folder),
    readHead(reader, folder),
    readFloats(reader, `${folder}residual.npy`, [kernelRows(kernelOf(bias, d)), c]),
  ])
  return { ...head, kernel: kernelOf(bias, d, mean), residual: asFloat64(residual) }
}

/** μ of a centred kernel. */
async function readMean(reader: ExplainerReader, folder: string): Promise<Float64Array | null> {
  if (reader.manifest.kernel !== 'centred') return null
  const file = await reader.file(`${folder}mean.npy`)
  const { shape, data } = await readNpy(file)
  expectShape(file.name, shape, [reader.manifest.d])
  return new Float64Array(expectFloats(data, file.name))
}

/**
 * Rows of single or half precision, in memory or read when they are asked for.
 *
 * @param cacheBytes for rows that stay on disk; null to take them all into memory
 */
export async function readLookup(
  reader: ExplainerReader,
  path: string,
  shape: readonly [number, number],
  cacheBytes: number | null,
): Promise<RowLookup> {
  if (cacheBytes === null) return new MemoryLookup(await readFloat32(reader, path, shape))
  const file = await reader.file(path)
  const header = await readNpyHeader(file)
  expectShape(file.name, header.shape, shape)
  if (areRows(header)) return new FileLookup(file.name, header, cacheBytes)
  throw new UserError('format', `${file.name}: other numbers than fit writes, run fit again`)
}

/**
 * Rows that are read from their file, block by block.
 *
 * @param dtypes that are expected
 */
export async function readRows<D extends Dtype>(
  reader: ExplainerReader,
  path: string,
  [rows, cols]: readonly [number, number],
  dtypes: readonly D[],
): Promise<Rows<D>> {
  const file = await reader.file(path)
  const header = await readNpyHeader(file)
  expectShape(file.name, header.shape, [rows, cols])
  const dtype = dtypes.find(name => name === header.dtype)
  if (dtype !== undefined && areRows(header)) {
    return fileRows({ path: file.name, offset: header.dataOffset, rows, cols, dtype })
  }
  throw new UserError('format', `${file.name}: other numbers than fit writes, run fit again`)
}

async function readFloat32(
  reader: ExplainerReader,
  path: string,
  shape: readonly number[],
): Promise<Matrix<Float32Array>> {
  const { rows, cols, data } = await readFloats(reader, path, shape)
  return { rows, cols, data: data instanceof Float32Array ? data : new Float32Array(data) }
}

async function readFloats(reader: ExplainerReader, path: string, shape: readonly number[]): Promise<Matrix> {
  const file = await reader.file(path)
  const { shape: found, data } = await readNpy(file)
  expectShape(file.name, found, shape)
  return { rows: shape[0], cols: shape[1], data: expectFloats(data, file.name) }
}

async function readByClass(
  reader: ExplainerReader,
  path: string,
  classCount: number,
  size: number,
): Promise<Matrix<Float64Array>> {
  const file = await reader.file(path)
  const { shape, data } = await readNpy(file)
  expectShape(file.name, [shape[0], data.length], [classCount, classCount * size])
  return asFloat64({ rows: classCount, cols: size, data: expectFloats(data, file.name) })
}

const asFloat64 = ({ rows, cols, data }: Matrix): Matrix<Float64Array> => ({
  rows,
  cols,
  data: data instanceof Float64Array ? data : new Float64Array(data),
})

function expectFloats(data: TypedArray, name: string): FloatArray {
  if (data instanceof Float32Array || data instanceof Float64Array) return data
  throw new UserError('format', `${name}: integers, expected floating-point numbers, run fit again`)
}

/** Θ as weight [d, c] and bias [c] in double precision; the given head beside it in single. */
function encodeHead(theta: Matrix<Float64Array>, d: number, given: GivenHead | null): Uint8Array {
  const { rows, cols: c, data } = theta
  const tensors: Record<string, NdArray> = {
    weight: { dtype: 'float64', shape: [d, c], data: data.slice(0, d * c) },
  }
  if (rows > d) tensors.bias = { dtype: 'float64', shape: [c], data: data.slice(d * c) }
  if (given) tensors.given_weight = { dtype: 'float32', shape: [d, c], data: given.weight.data }
  if (given?.bias) tensors.given_bias = { dtype: 'float32', shape: [c], data: given.bias }
  return encodeSafetensors(tensors)
}

/** Θ of a fit, and the given head, which stands beside the explained fit's. */
export async function readHead(
  reader: ExplainerReader,
  folder: string,
): Promise<{ theta: Matrix<Float64Array>; given: GivenHead | null }> {
  const { d, c, bias: kind } = reader.manifest
  const rows = kind === 'none' ? d : d + 1
  const file = await reader.file(`${folder}head.safetensors`)
  const tensors = await readSafetensors(file)
  const read = (name: string, shape: readonly number[]): ArrayLike<number> | null => {
    const tensor = tensors.get(name)
    if (!tensor) return null
    expectShape(`${file.name}: ${name}`, tensor.shape, shape)
    return tensor.data as Float64Array
  }
  const required = (name: string, shape: readonly number[]): ArrayLike<number> => {
    const values = read(name, shape)
    if (values) return values
    throw new UserError('format', `${file.name}: no ${name} in it, expected a whole explainer, run fit again`)
  }
  const theta = new Float64Array(rows * c)
  theta.set(required('weight', [d, c]))
  if (rows > d) theta.set(required('bias', [c]), d * c)
  const weight = read('given_weight', [d, c])
  const bias = read('given_bias', [c])
  return {
    theta: { rows, cols: c, data: theta },
    given: weight && {
      weight: { rows: d, cols: c, data: new Float32Array(weight) },
      bias: bias && new Float32Array(bias),
    },
  }
}

/** Errors: UserError also on a label that is no class of the explainer, by which whatever counts would count too far. */
export async function readExamples(reader: ExplainerReader, path: string, n: number): Promise<Examples> {
  const file = await reader.file(path)
  const present = (await readParquetInfo(file)).columns
  const ids = await readParquetText(file, 'id')
  const columns = await readParquet(
    file,
    ['label', 'predicted', 'fitted', 'path', 'source_row'].filter(name => present.includes(name)),
  )
  const { label, predicted, fitted, path: paths, source_row: sourceRows } = columns
  for (const column of [ids, predicted, fitted, paths ?? ids, sourceRows ?? ids])
    expectShape(file.name, [column?.length ?? 0], [n])
  const labels = label ? integers(label) : null
  if (labels) expectClasses(file.name, labels, reader.manifest.classCount)
  return {
    ids,
    labels,
    predicted: integers(predicted),
    fitted: integers(fitted),
    paths: paths ? paths.map(String) : null,
    sourceRows: sourceRows ? integers(sourceRows) : null,
  }
}

function expectClasses(name: string, labels: Int32Array, classCount: number): void {
  const row = labels.findIndex(label => !(label >= 0 && label < classCount))
  if (row < 0) return
  throw new UserError(
    'format',
    `${name}: label ${labels[row]} in row ${row}, expected 0 to ${classCount - 1}, run fit again`,
  )
}

function integers(values: readonly unknown[]): Int32Array {
  const out = new Int32Array(values.length)
  for (let i = 0; i < out.length; i++) out[i] = values[i] as number
  return out
}
