import { expectFinite, toMatrix, toVector } from '../../data/arrays.ts'
import { openArrays, readArray } from '../../data/read-array.ts'
import { type Matrix, rowOf, toFloat64, transpose } from '../../math/matrix.ts'
import { multiply } from '../../math/products.ts'
import type { FeatureRows } from '../../math/rows.ts'
import type { NetworkOutputs } from '../../method/network/network.ts'
import { verifyHead } from '../../method/network/verify-head.ts'
import { UserError } from '../../user-error.ts'

/** The head that the given model had. */
export interface GivenHead {
  /** [d, c] */
  readonly weight: Matrix<Float32Array>
  /** [c], or null where it had none */
  readonly bias: Float32Array | null
}

export const HEAD_LAYOUTS = ['auto', 'cd', 'dc'] as const
/** How a weight file is laid out: [c, d] as PyTorch has it, [d, c] as Keras does, or found out. */
export type HeadLayout = (typeof HEAD_LAYOUTS)[number]

/** A matrix as it was found, and what messages call it. */
export interface Found {
  readonly rows: FeatureRows
  readonly name: string
}

/** How many examples a layout is checked on. */
const SAMPLE = 256

/**
 * Reads a head from arrays and finds out how its weight is laid out: by the logits where they are given,
 * else by its shape, else it has to be told.
 */
export async function readGivenHead(
  files: { readonly weight: string; readonly bias?: string },
  train: { readonly features: Found; readonly logits: Found | null },
  layout: HeadLayout,
): Promise<GivenHead> {
  const file = await openArrays(files.weight)
  const weight = toMatrix(await file.read('weight'), files.weight)
  const biasArray = await (files.bias === undefined ? file.readBeside('bias') : readArray(files.bias, 'bias'))
  const bias = biasArray && toVector(biasArray, files.bias ?? files.weight)
  const d = train.features.rows.cols
  const c = bias?.length ?? train.logits?.rows.cols

  const candidates = layouts(weight, layout).filter(
    ({ rows, cols }) => rows === d && (c === undefined || cols === c),
  )
  if (candidates.length === 0) {
    const expected = layout === 'dc' ? `[${d}, ${c ?? 'c'}]` : `[${c ?? 'c'}, ${d}]`
    throw new UserError(
      'shape',
      `${files.weight}: expected ${expected}, got [${weight.rows}, ${weight.cols}] for ${d} features` +
        `${c === undefined ? '' : ` and ${c} outputs`}`,
    )
  }
  if (train.logits)
    return agreeing(candidates, bias, await sampleOf(train.features, train.logits), files.weight)
  if (candidates.length === 1) return { weight: candidates[0], bias }
  throw new UserError(
    'usage',
    `${files.weight}: square [${d}, ${d}], so its layout cannot be told, say --head-layout cd (PyTorch) or dc (Keras)`,
  )
}

function layouts(weight: Matrix<Float32Array>, layout: HeadLayout): Matrix<Float32Array>[] {
  if (layout === 'dc') return [weight]
  if (layout === 'cd') return [transpose(weight)]
  return [transpose(weight), weight]
}

function agreeing(
  candidates: readonly Matrix<Float32Array>[],
  bias: Float32Array | null,
  sample: NetworkOutputs,
  name: string,
): GivenHead {
  const checks = candidates.map(weight => ({ weight, ...verifyHead({ weight, bias }, sample) }))
  const best = checks.reduce((a, b) => (b.largestDifference < a.largestDifference ? b : a))
  if (best.agrees) return { weight: best.weight, bias }
  throw new UserError(
    'shape',
    `${name}: features · weight${bias ? ' + bias' : ''} misses the given logits by ${best.largestDifference.toPrecision(3)}, ` +
      `expected them to agree, check that head, features and logits belong together${bias ? '' : ' and whether --head-bias is missing'}`,
  )
}

async function sampleOf(features: Found, logits: Found): Promise<NetworkOutputs> {
  const firstRows = async ({ rows, name }: Found) => {
    const first = await rows.fetch(Array.from({ length: Math.min(SAMPLE, rows.rows) }, (_, row) => row))
    expectFinite(first, name)
    return first
  }
  return { features: await firstRows(features), logits: await firstRows(logits) }
}

/** Logits that a head gives [n, c]. */
export function logitsOf(features: Matrix<Float32Array>, { weight, bias }: GivenHead): Matrix<Float32Array> {
  const { rows: d, cols: c } = weight
  const data = new Float32Array(features.rows * c)
  const sums = new Float64Array(c)
  for (let i = 0; i < features.rows; i++) {
    const row = rowOf(features, i)
    for (let j = 0; j < c; j++) sums[j] = bias?.[j] ?? 0
    for (let a = 0; a < d; a++) for (let j = 0; j < c; j++) sums[j] += row[a] * weight.data[a * c + j]
    data.set(sums, i * c)
  }
  return { rows: features.rows, cols: c, data }
}

/** Logits that a head gives of one example after another. */
export class GivenLogits {
  /** [d, c] */
  readonly weight: Matrix<Float32Array>
  /** [c, d] */
  readonly #weight: Matrix<Float64Array>
  readonly #bias: Float32Array | null
  readonly #logits: Float64Array

  constructor({ weight, bias }: GivenHead) {
    this.weight = weight
    this.#weight = toFloat64(transpose(weight))
    this.#bias = bias
    this.#logits = new Float64Array(weight.cols)
  }

  /** Of features [d] → logits [c], in single precision as a model's; the same array for every example. */
  logits(features: Float64Array): Float64Array {
    const logits = this.#logits
    multiply(this.#weight, features, logits)
    for (let j = 0; j < logits.length; j++) logits[j] = Math.fround(logits[j] + (this.#bias?.[j] ?? 0))
    return logits
  }
}
