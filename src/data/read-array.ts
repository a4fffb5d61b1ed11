import type { Bytes } from '../formats/bytes.ts'
import { readFileBytes } from '../formats/files.node.ts'
import { formatError } from '../formats/format-error.ts'
import { gunzip, isGzip } from '../formats/gzip.ts'
import { isIdx, readIdx } from '../formats/idx.ts'
import type { NdArray } from '../formats/ndarray.ts'
import { isNpy, readNpy } from '../formats/npy.ts'
import { readNpz } from '../formats/npz.ts'
import { UserError } from '../user-error.ts'

/** What an array is for, and the names under which an .npz file may hold it, the preferred one first. */
const NAMES = {
  inputs: ['inputs', 'images', 'x', 'X', 'input'],
  features: ['features', 'F', 'x', 'X'],
  labels: ['labels', 'y', 'label'],
  logits: ['logits'],
  weight: ['weight', 'W'],
  bias: ['bias', 'b'],
} as const

export type ArrayRole = keyof typeof NAMES

/** Reads one array from an .npy, .npz or IDX file, gzipped or not; what it is, its content says. */
export async function readArray(path: string, role: ArrayRole): Promise<NdArray> {
  const arrays = await readArrays(path)
  if (arrays instanceof Map) return chosen(arrays, path, role)
  return arrays
}

/** Reads an array that the same file may hold beside another one; null where it does not. */
export async function readCompanion(path: string, role: ArrayRole): Promise<NdArray | null> {
  const arrays = await readArrays(path)
  if (!(arrays instanceof Map)) return null
  const name = NAMES[role].find(name => arrays.has(name))
  return name === undefined ? null : (arrays.get(name) ?? null)
}

async function readArrays(path: string): Promise<NdArray | Map<string, NdArray>> {
  return readByContent(await readFileBytes(path))
}

async function readByContent(bytes: Bytes): Promise<NdArray | Map<string, NdArray>> {
  const prefix = await bytes.slice(0, Math.min(8, bytes.byteLength))
  if (isNpy(prefix)) return readNpy(bytes)
  if (isGzip(prefix)) return readByContent(await gunzip(bytes))
  if (prefix[0] === 0x50 && prefix[1] === 0x4b) return readNpz(bytes)
  if (isIdx(prefix)) return readIdx(bytes)
  throw formatError(
    bytes,
    'none of .npy, .npz and IDX, expected one of these arrays, convert it or check the path',
  )
}

function chosen(arrays: Map<string, NdArray>, path: string, role: ArrayRole): NdArray {
  const names: readonly string[] = NAMES[role]
  const name = names.find(name => arrays.has(name)) ?? (arrays.size === 1 ? [...arrays.keys()][0] : undefined)
  const array = name === undefined ? undefined : arrays.get(name)
  if (array) return array
  throw new UserError(
    'not-found',
    `${path}: no ${role} among the arrays ${[...arrays.keys()].join(', ')}, save them as ${names[0]}`,
  )
}
