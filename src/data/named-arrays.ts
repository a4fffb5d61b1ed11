import type { Bytes } from '../formats/bytes.ts'
import { formatError } from '../formats/format-error.ts'
import type { NdArray } from '../formats/ndarray.ts'
import { placeInNpz, readNpz, readNpzNames } from '../formats/npz.ts'
import type { PlacedArray } from '../formats/placed-array.ts'
import { placeTensors, readSafetensors, readSafetensorsNames } from '../formats/safetensors.ts'
import { UserError } from '../user-error.ts'
import { type ArrayFile, type ArrayRole, plainFile } from './array-file.ts'
import { shortened } from './table-roles.ts'

/** The names under which a file may hold an array, the preferred one first. */
const NAMES: { readonly [R in ArrayRole]: readonly string[] } = {
  inputs: ['inputs', 'images', 'x', 'X', 'input'],
  features: ['features', 'F', 'x', 'X'],
  labels: ['labels', 'y', 'label'],
  logits: ['logits'],
  soft: ['soft', 'probs', 'targets'],
  weight: ['weight', 'W'],
  bias: ['bias', 'b'],
}

/** What models call their heads: `classifier.weight` and `classifier.bias`. */
const HEADS = ['classifier', 'fc', 'head', 'score']
const PARTS: { readonly [R in ArrayRole]?: string } = { weight: 'weight', bias: 'bias' }

/** How the arrays of a file are listed and read. */
interface Format {
  readonly word: string
  names(bytes: Bytes): Promise<string[]>
  read(bytes: Bytes, name: string): Promise<NdArray | undefined>
  /** Where an array lies; null where it can only be read whole. */
  place(bytes: Bytes, name: string): Promise<PlacedArray | null>
}

export const npz: Format = {
  word: 'arrays',
  names: readNpzNames,
  read: async (bytes, name) => (await readNpz(bytes, { names: [name] })).get(name),
  place: placeInNpz,
}

export const safetensors: Format = {
  word: 'tensors',
  names: readSafetensorsNames,
  read: async (bytes, name) => (await readSafetensors(bytes, { names: [name] })).get(name),
  place: async (bytes, name) => (await placeTensors(bytes)).get(name) ?? null,
}

/** A file that holds arrays by name. */
export function namedArrays(bytes: Bytes, format: Format): ArrayFile {
  const readName = async (name: string): Promise<NdArray> => {
    const array = await format.read(bytes, name)
    if (!array) throw formatError(bytes, `${name} vanished while it was read, read it again`)
    return array
  }
  const nameBeside = async (role: ArrayRole) => nameOf(bytes, role, await format.names(bytes))
  const nameAlone = async (role: ArrayRole): Promise<string> => {
    const present = await format.names(bytes)
    const name = nameOf(bytes, role, present) ?? (present.length === 1 ? present[0] : null)
    if (name !== null) return name
    throw new UserError(
      'not-found',
      `${bytes.name}: no ${role} among the ${format.word} ${shortened(present)}, save them as ${NAMES[role][0]}`,
    )
  }
  return plainFile(bytes.name, {
    read: async role => readName(await nameAlone(role)),
    place: async role => format.place(bytes, await nameAlone(role)),
    readBeside: async role => {
      const name = await nameBeside(role)
      return name === null ? null : readName(name)
    },
    placeBeside: async role => {
      const name = await nameBeside(role)
      return name === null ? null : format.place(bytes, name)
    },
  })
}

/** The array named after its role, else that of the one head of a model; null where there is none. */
function nameOf(bytes: Bytes, role: ArrayRole, present: readonly string[]): string | null {
  const own = NAMES[role].find(name => present.includes(name))
  const part = PARTS[role]
  if (own !== undefined || part === undefined) return own ?? null
  const heads = HEADS.filter(head => present.includes(`${head}.weight`))
  if (heads.length > 1) {
    throw new UserError(
      'usage',
      `${bytes.name}: heads ${heads.map(head => `${head}.weight`).join(' and ')}, expected one, ` +
        'save the one that is meant as weight and bias',
    )
  }
  const name = `${heads[0]}.${part}`
  return present.includes(name) ? name : null
}
