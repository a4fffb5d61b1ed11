import { readdirSync, readFileSync } from 'node:fs'
import { bytesOf } from '../../src/formats/bytes.ts'
import type { NdArray } from '../../src/formats/ndarray.ts'
import { readNpz } from '../../src/formats/npz.ts'
import type { FloatArray, Matrix } from '../../src/math/matrix.ts'
import { ACTIVATION_NAMES, type Activation } from '../../src/onnx/activation.ts'

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

/** The activations of make.py, with its numbers. */
const WITH_NUMBERS: Readonly<Record<string, Activation>> = {
  'leaky-relu': 'leaky-relu:0.1',
  elu: 'elu:0.7',
  'hard-sigmoid': 'hard-sigmoid:0.2,0.5',
  clip: 'clip:-0.5,1.5',
}

/** The names of the .npz files of a folder, which begin with the name of the activation. */
export function arrayFixtures(folder: string): { name: string; activation: Activation }[] {
  return readdirSync(new URL(`${folder}/`, root))
    .sort()
    .map(file => {
      const name = file.replace(/\.npz$/, '')
      const activation = ACTIVATION_NAMES.find(
        activation => name === activation || name.startsWith(`${activation}-`),
      )
      if (!activation) throw new Error(`${file}: of no activation`)
      return { name, activation: WITH_NUMBERS[activation] ?? (activation as Activation) }
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
