import type { Bytes } from '../formats/bytes.ts'
import { readFileBytes } from '../formats/files.node.ts'
import { formatError } from '../formats/format-error.ts'
import { gunzip } from '../formats/gzip.ts'
import { isIdx, readIdx } from '../formats/idx.ts'
import type { NdArray } from '../formats/ndarray.ts'
import { isNpy, readNpy } from '../formats/npy.ts'
import { readNpz, readNpzNames } from '../formats/npz.ts'
import { UserError } from '../user-error.ts'

/** What an array is for, and the names under which an .npz file may hold it, the preferred one first. */
const NAMES = {
  inputs: ['inputs', 'images', 'x', 'X', 'input'],
  features: ['features', 'F', 'x', 'X'],
  labels: ['labels', 'y', 'label'],
  logits: ['logits'],
  soft: ['soft', 'probs', 'targets'],
  weight: ['weight', 'W'],
  bias: ['bias', 'b'],
} as const

export type ArrayRole = keyof typeof NAMES

/** Reads one array from an .npy, .npz or IDX file, gzipped or not; what it is, its content says. */
export async function readArray(path: string, role: ArrayRole): Promise<NdArray> {
  const { bytes, kind } = await open(path)
  if (kind === 'npz') return readMember(bytes, await memberFor(bytes, role))
  return kind === 'npy' ? readNpy(bytes) : readIdx(bytes)
}

/** Reads an array that the same .npz file may hold beside another one; null where it does not. */
export async function readCompanion(path: string, role: ArrayRole): Promise<NdArray | null> {
  const { bytes, kind } = await open(path)
  if (kind !== 'npz') return null
  const present = await readNpzNames(bytes)
  const name = NAMES[role].find(name => present.includes(name))
  return name === undefined ? null : readMember(bytes, name)
}

type Kind = 'npy' | 'npz' | 'idx'

async function open(path: string): Promise<{ bytes: Bytes; kind: Kind }> {
  const bytes = await gunzip(await readFileBytes(path))
  const prefix = await bytes.slice(0, Math.min(8, bytes.byteLength))
  if (isNpy(prefix)) return { bytes, kind: 'npy' }
  if (prefix[0] === 0x50 && prefix[1] === 0x4b) return { bytes, kind: 'npz' }
  if (isIdx(prefix)) return { bytes, kind: 'idx' }
  throw formatError(
    bytes,
    'none of .npy, .npz and IDX, expected one of these arrays, convert it or check the path',
  )
}

/** The array named after its role, else the only one. */
async function memberFor(bytes: Bytes, role: ArrayRole): Promise<string> {
  const present = await readNpzNames(bytes)
  const names: readonly string[] = NAMES[role]
  const name = names.find(name => present.includes(name)) ?? (present.length === 1 ? present[0] : undefined)
  if (name !== undefined) return name
  throw new UserError(
    'not-found',
    `${bytes.name}: no ${role} among the arrays ${present.join(', ')}, save them as ${names[0]}`,
  )
}

async function readMember(bytes: Bytes, name: string): Promise<NdArray> {
  const array = (await readNpz(bytes, { names: [name] })).get(name)
  if (!array) throw formatError(bytes, `${name} vanished while it was read, read it again`)
  return array
}
