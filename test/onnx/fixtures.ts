import { readdirSync, readFileSync } from 'node:fs'
import { bytesOf } from '../../src/formats/bytes.ts'
import { readNpz } from '../../src/formats/npz.ts'
import type { Matrix } from '../../src/math/matrix.ts'
import { type OnnxModel, readModel } from '../../src/onnx/model.ts'
import type { ReadExternal } from '../../src/onnx/tensor.ts'
import type { ExternalData } from '../../src/runtime/runtime.ts'

const root = new URL('./fixtures/', import.meta.url)

const fileBytes = (file: string): Uint8Array => new Uint8Array(readFileSync(new URL(file, root)))

/** Every NAME.onnx that make.py wrote, by NAME. */
export const modelNames: readonly string[] = readdirSync(root)
  .filter(file => file.endsWith('.onnx'))
  .map(file => file.slice(0, -'.onnx'.length))
  .sort()

const HEADLESS = ['no-linear', 'computed-weight', 'conv-relu-pooling']

/** Those of them that have a head. */
export const namesWithHead: readonly string[] = modelNames.filter(name => !HEADLESS.includes(name))

export const modelBytes = (name: string): Uint8Array => fileBytes(`${name}.onnx`)

export const modelFixture = (name: string): OnnxModel => readModel(modelBytes(name), `${name}.onnx`)

/** Reads weights beside the fixtures, from a file that the model itself named. */
export const readExternal: ReadExternal = async (file, offset, length) => {
  const content = fileBytes(file)
  return content.subarray(offset, length === null ? undefined : offset + length)
}

export function externalData(model: OnnxModel): ExternalData[] {
  return model.externalFiles.map(path => ({ path, data: fileBytes(path) }))
}

export interface Values {
  /** Of one example, without the batch of three. */
  readonly itemShape: readonly number[]
  readonly input: Matrix<Float32Array>
  readonly output: Float32Array
  /** What the head is given and gives; null where the model has no head. */
  readonly head: {
    readonly features: Matrix<Float32Array>
    readonly logits: Matrix<Float32Array>
    /** [c, d], as PyTorch keeps it */
    readonly weight: Matrix<Float32Array>
    readonly bias: Float32Array | null
  } | null
}

/** PyTorch's values for one batch of three. */
export async function valuesOf(name: string): Promise<Values> {
  const arrays = await readNpz(bytesOf(fileBytes(`${name}.npz`), `${name}.npz`))
  const numbers = (key: string): Float32Array | null =>
    (arrays.get(key)?.data as Float32Array | undefined) ?? null
  const matrix = (key: string): Matrix<Float32Array> | null => {
    const array = arrays.get(key)
    return array
      ? { rows: array.shape[0], cols: array.data.length / array.shape[0], data: array.data as Float32Array }
      : null
  }
  const [features, logits, weight] = ['features', 'logits', 'weight'].map(matrix)
  return {
    itemShape: arrays.get('input')?.shape.slice(1) ?? [],
    input: matrix('input') as Matrix<Float32Array>,
    output: numbers('output') as Float32Array,
    head: features && logits && weight ? { features, logits, weight, bias: numbers('bias') } : null,
  }
}
