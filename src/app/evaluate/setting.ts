import { type FeatureRows, type Rows, stoppableRows } from '../../math/rows.ts'
import type { StoredSolution } from '../../method/fit/certificate.ts'
import type { Problem } from '../../method/head/problem.ts'
import { randomRows } from '../../method/truth/subsets.ts'
import type { Activation } from '../../onnx/activation.ts'
import type { ExplainerReader } from '../../store/read.node.ts'
import { readExamples, readRows, readSolution } from '../explainer/files.node.ts'
import { countOf, inMemory, storedFeatures, storedLogits } from '../explainer/stored-rows.ts'
import type { SplitName } from '../explainer/stored-splits.ts'

/** What an explainer has stored, as far as it is evaluated. */
export interface Setting {
  readonly reader: ExplainerReader
  /** What the explained fit solved */
  readonly problem: Problem
  readonly solution: StoredSolution
  readonly train: Split
  /** null where there are no test examples */
  readonly test: Split | null
}

/** Examples with what is known of each. */
export interface Split {
  readonly features: FeatureRows
  /** The given model's [rows, c]; null where they are not known */
  readonly logits: Rows | null
  /** One class an example [rows]; null where there are none */
  readonly labels: Int32Array | null
}

/** @param signal asked before each block of features, whoever reads them */
export async function openSetting(reader: ExplainerReader, signal?: AbortSignal): Promise<Setting> {
  const { n, c, tests, lambda, bias, activation } = reader.manifest
  const { theta, kernel, residual } = await readSolution(reader, '')
  const train = await openSplit(reader, 'train', signal)
  return {
    reader,
    problem: {
      features: train.features,
      targets: await inMemory(await readRows(reader, 'train/targets.npy', [n, c], ['float32'])),
      activation: activation as Activation,
      lambda,
      bias,
    },
    solution: { theta, kernel, residual, alpha: await readRows(reader, 'alpha.npy', [n, c], ['float32']) },
    train,
    test: tests > 0 ? await openSplit(reader, 'test', signal) : null,
  }
}

async function openSplit(
  reader: ExplainerReader,
  split: SplitName,
  signal: AbortSignal | undefined,
): Promise<Split> {
  const { labels } = await readExamples(reader, `${split}/examples.parquet`, countOf(reader, split))
  return {
    features: stoppableRows(await inMemory(await storedFeatures(reader, split)), signal),
    logits: await storedLogits(reader, split),
    labels: reader.manifest.task === 'classification' ? labels : null,
  }
}

/** Examples that are asked about: so many of those to test with at random, or of the training examples for want of any. */
export function askedRows(
  { n, tests }: ExplainerReader['manifest'],
  count: number,
  seed: number,
): Int32Array {
  return randomRows(tests > 0 ? tests : n, count, seed)
}
