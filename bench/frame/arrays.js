import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { bytesOf, encodeNpy, encodeNpyHeader, readNpy } from './library.js'

/** An .npy file as { rows, cols, data }; a vector has one column. */
export async function readMatrix(path) {
  const { shape, data } = await readNpy(bytesOf(readFileSync(path), path))
  return { rows: shape[0], cols: shape[1] ?? 1, data }
}

/** Writes { rows, cols, data } as NAME.npy and answers where. */
export function writeMatrix(directory, name, { rows, cols, data }) {
  const path = join(directory, `${name}.npy`)
  const dtype = data instanceof Float64Array ? 'float64' : 'float32'
  writeFileSync(path, encodeNpy({ dtype, shape: [rows, cols], data }))
  return path
}

/** Writes whole numbers [n] as NAME.npy and answers where. */
export function writeLabels(directory, name, labels) {
  const path = join(directory, `${name}.npy`)
  writeFileSync(path, encodeNpy({ dtype: 'int32', shape: [labels.length], data: Int32Array.from(labels) }))
  return path
}

/**
 * Writes a matrix that need not fit in memory as NAME.npy, block by block: `write` takes its next rows.
 *
 * @param {{ dtype: string, rows: number, cols: number }} header
 */
export function openMatrix(directory, name, { dtype, rows, cols }) {
  const path = join(directory, `${name}.npy`)
  const file = openSync(path, 'w')
  const write = block => {
    for (let at = 0; at < block.byteLength; ) at += writeSync(file, block, at, block.byteLength - at)
  }
  write(encodeNpyHeader(dtype, [rows, cols]))
  return { path, write, close: () => closeSync(file) }
}
