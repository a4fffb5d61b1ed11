import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { NdArray } from '../../src/formats/ndarray.ts'
import { encodeNpy } from '../../src/formats/npy.ts'
import { random, randomNormal } from '../../src/math/random.ts'

/** A directory that is gone when the test is. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'representer-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

/** Files of a small problem of classes, as arrays that a user would bring. */
export interface Bundle {
  readonly directory: string
  /** [n, d] */
  readonly features: string
  /** [n] */
  readonly labels: string
  /** [n, c] */
  readonly logits: string
  /** [c, d] */
  readonly headWeight: string
  /** [c] */
  readonly headBias: string
  readonly testFeatures: string
  readonly testLabels: string
  readonly testLogits: string
  readonly out: string
}

export interface BundleSize {
  readonly n?: number
  readonly d?: number
  readonly c?: number
  readonly tests?: number
  readonly seed?: number
  /** Features as after a ReLU. */
  readonly nonNegative?: boolean
}

/** Features around one centre a class, a random head, its logits, and labels that mostly follow it. */
export async function writeBundle({
  n = 200,
  d = 6,
  c = 3,
  tests = 40,
  seed = 1,
  nonNegative = true,
}: BundleSize = {}): Promise<Bundle> {
  const directory = await temporaryDirectory()
  const normal = randomNormal(seed)
  const uniform = random(seed + 1)
  const weight = Float32Array.from({ length: c * d }, normal)
  const bias = Float32Array.from({ length: c }, normal)
  const save = (name: string, array: NdArray) => saveArray(directory, name, array)
  const split = async (prefix: string, rows: number) => {
    const features = Float32Array.from({ length: rows * d }, () =>
      nonNegative ? Math.abs(normal()) : normal(),
    )
    const logits = new Float32Array(rows * c)
    const labels = new BigInt64Array(rows)
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < c; j++) {
        let sum = bias[j]
        for (let a = 0; a < d; a++) sum += features[i * d + a] * weight[j * d + a]
        logits[i * c + j] = sum
      }
      const row = Array.from(logits.subarray(i * c, (i + 1) * c))
      const label = uniform() < 0.1 ? Math.floor(c * uniform()) : row.indexOf(Math.max(...row))
      labels[i] = BigInt(label)
    }
    return {
      features: await save(`${prefix}features`, { dtype: 'float32', shape: [rows, d], data: features }),
      logits: await save(`${prefix}logits`, { dtype: 'float32', shape: [rows, c], data: logits }),
      labels: await save(`${prefix}labels`, { dtype: 'int64', shape: [rows], data: labels }),
    }
  }
  const train = await split('', n)
  const test = await split('test-', tests)
  return {
    directory,
    ...train,
    testFeatures: test.features,
    testLabels: test.labels,
    testLogits: test.logits,
    headWeight: await save('weight', { dtype: 'float32', shape: [c, d], data: weight }),
    headBias: await save('bias', { dtype: 'float32', shape: [c], data: bias }),
    out: join(directory, 'explainer'),
  }
}

/** Saves an array as an .npy file and answers its path. */
export async function saveArray(directory: string, name: string, array: NdArray): Promise<string> {
  const path = join(directory, `${name}.npy`)
  await writeFile(path, encodeNpy(array))
  return path
}
