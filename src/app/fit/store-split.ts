import { storedBlocks } from '../../data/stored-blocks.ts'
import { widened } from '../../math/float16.ts'
import type { Matrix } from '../../math/matrix.ts'
import { type Dtype, type FeatureRows, mapRows, type Rows } from '../../math/rows.ts'
import type { ExplainerWriter } from '../../store/write.node.ts'
import { UserError } from '../../user-error.ts'
import { type Found, type GivenHead, logitsOf } from '../explainer/given-head.ts'
import type { Split } from './inputs.ts'
import { writeRows } from './write-rows.ts'

/** Features of a split and the given model's logits, where these are known. */
export interface FoundSplit {
  readonly split: 'train' | 'test'
  readonly features: Found
  readonly logits: Found | null
}

/**
 * Writes the features and logits of a split as they will be stored, each read once, and answers them as the fit reads
 * them from then on: what is fitted to is what will be explained by. Errors: UserError on numbers that cannot
 * be stored.
 */
export async function storeSplit(
  writer: ExplainerWriter,
  { split, features, logits }: FoundSplit,
  { dtype, inMemory, signal }: { dtype: Dtype; inMemory: boolean; signal: AbortSignal | undefined },
): Promise<Pick<Split, 'features' | 'logits'>> {
  const { rows, cols } = features.rows
  const blocks = storedBlocks(features.rows, dtype, features.name)
  return {
    features: await writeRows(writer, `${split}/features.npy`, { rows, cols, dtype }, blocks, {
      inMemory,
      signal,
    }),
    logits: logits && (await storeLogits(writer, `${split}/logits.npy`, logits, features.rows.cols)),
  }
}

function storeLogits(
  writer: ExplainerWriter,
  path: string,
  { rows, name }: Found,
  width: number,
): Promise<Rows> {
  const blocks = refuseProbabilities(storedBlocks(rows, 'float32', name, width), name)
  return writeRows(writer, path, { ...rows, dtype: 'float32' as const }, blocks)
}

/** Logits that a head gives, made as the features are read. */
export function logitsByHead(features: FeatureRows, head: GivenHead): Rows {
  return mapRows(features, head.weight.cols, matrix => logitsOf(widened(matrix), head))
}

/**
 * The blocks, refused behind the last where all of them are outputs after the softmax: these are taken for logits too
 * easily, and fit almost as well.
 */
async function* refuseProbabilities(
  blocks: AsyncIterable<Matrix<Float32Array>>,
  name: string,
): AsyncGenerator<Matrix<Float32Array>> {
  let areProbabilities = true
  for await (const block of blocks) {
    areProbabilities &&= sumToOne(block)
    yield block
  }
  if (!areProbabilities) return
  throw new UserError(
    'value',
    `${name}: every row sums to 1, which probabilities do, expected logits, save their logarithm`,
  )
}

/** Whether all rows are two or more numbers, 0 or more, that sum to 1. */
function sumToOne({ rows, cols, data }: Matrix<Float32Array>): boolean {
  if (cols < 2) return false
  for (let i = 0; i < rows; i++) {
    let sum = 0
    for (let j = 0; j < cols; j++) {
      const x = data[i * cols + j]
      if (x < 0) return false
      sum += x
    }
    if (Math.abs(sum - 1) > 1e-3) return false
  }
  return true
}
