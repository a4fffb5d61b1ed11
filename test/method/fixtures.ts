import { readdirSync, readFileSync } from 'node:fs'
import { bytesOf } from '../../src/formats/bytes.ts'
import type { NdArray } from '../../src/formats/ndarray.ts'
import { readNpz } from '../../src/formats/npz.ts'
import type { FloatArray, Matrix } from '../../src/math/matrix.ts'
import type { Activation } from '../../src/method/loss.ts'

const root = new URL('./fixtures/', import.meta.url)

/** The arrays that make.py wrote as one fixture. */
export class Arrays {
  readonly #arrays: Map<string, NdArray>

  constructor(arrays: Map<string, NdArray>) {
    this.#arrays = arrays
  }

  matrix<A extends FloatArray>(name: string): Matrix<A> {
    const { data, shape } = this.#array(name)
    return { rows: shape[0], cols: shape[1], data: data as A }
  }

  integers(name: string): Int32Array {
    return this.#array(name).data as Int32Array
  }

  number(name: string): number {
    return Number(this.#array(name).data[0])
  }

  #array(name: string): NdArray {
    const array = this.#arrays.get(name)
    if (!array) throw new Error(`no ${name} in the fixture, it has ${[...this.#arrays.keys()].join(', ')}`)
    return array
  }
}

/** The names of the .npz files of a folder; what stands before the first dash is the activation. */
export function arrayFixtures(folder: string): { name: string; activation: Activation }[] {
  return readdirSync(new URL(`${folder}/`, root))
    .sort()
    .map(file => {
      const name = file.replace(/\.npz$/, '')
      return { name, activation: name.split('-')[0] as Activation }
    })
}

export async function arrayFixture(path: string): Promise<Arrays> {
  const content = new Uint8Array(readFileSync(new URL(`${path}.npz`, root)))
  return new Arrays(await readNpz(bytesOf(content, path)))
}

export function lines<T>(name: string): T[] {
  const text = readFileSync(new URL(name, root), 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as T)
}
