import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { fit } from '../../../src/app/fit/fit.ts'
import type { FitOptions } from '../../../src/app/fit/options.ts'
import type { SensitivityAnswer } from '../../../src/app/sensitivity/answer.ts'
import { bytesOf } from '../../../src/formats/bytes.ts'
import { readNpy } from '../../../src/formats/npy.ts'
import { randomNormal } from '../../../src/math/random.ts'
import { saveArray, temporaryDirectory } from '../bundle.ts'

export const modelPath = (name: string) => join(import.meta.dirname, `../../onnx/fixtures/${name}.onnx`)

/** Ready inputs of numbers, and an explainer of a model that takes them. */
export async function fitted(model: string, shape: readonly number[], options: Partial<FitOptions> = {}) {
  const directory = await temporaryDirectory()
  const normal = randomNormal(9)
  const size = shape.reduce((product, length) => product * length, 1)
  const data = Float32Array.from({ length: 40 * size }, normal)
  const train = await saveArray(directory, 'inputs', { dtype: 'float32', shape: [40, ...shape], data })
  const out = join(directory, 'explainer')
  await fit({ model, train, out, ...options })
  const input = (row: number) => data.slice(row * size, (row + 1) * size)
  return { directory, train, out, maps: join(directory, 'maps'), input, shape }
}

export async function readMap(folder: string, file: string | null) {
  if (file === null) throw new Error('no file was written')
  const { shape, data } = await readNpy(bytesOf(new Uint8Array(await readFile(join(folder, file))), file))
  return { shape, data: data as Float32Array }
}

/** ∂/∂x of what `value` gives, by central differences. */
export async function differences(
  x: Float32Array,
  value: (x: Float32Array) => Promise<number>,
): Promise<number[]> {
  const step = 2 ** -8
  const slopes: number[] = []
  for (let i = 0; i < x.length; i++) {
    const at = (by: number) => value(x.map((number, k) => (k === i ? number + by : number)))
    slopes.push(((await at(step)) - (await at(-step))) / (2 * step))
  }
  return slopes
}

const largest = (values: ArrayLike<number>) =>
  Array.from(values).reduce((max, x) => Math.max(max, Math.abs(x)), 0)

export function expectNear(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number) {
  const off = Array.from(found, (x, i) => x - expected[i])
  expect(largest(off)).toBeLessThanOrEqual(tolerance * largest(expected))
}

/** Of all parts, groups and the rest, less the overlap. */
export const sharesOf = ({ parts, groups, overlap, rest }: SensitivityAnswer) =>
  [...parts, ...groups, rest].reduce((sum, { share }) => sum + (share ?? Number.NaN), 0) -
  (overlap ? (overlap.share ?? Number.NaN) : 0)
