import { rowOf } from '../../math/matrix.ts'
import { eachLogits } from '../../method/head/logits.ts'
import { decisionOf } from '../../method/head/task.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { ExplainerReader } from '../../store/read.node.ts'
import { LABELS_FIT, readHead } from '../explainer/files.node.ts'
import { openForFew } from '../explainer/open.ts'
import type { SplitName } from '../explainer/stored-splits.ts'
import { suspectsOf } from '../explainer/suspect.ts'
import type { Standing } from './answer.ts'
import { storedFeatures, storedValues } from './stored-inputs.ts'

/** How many suspects an answer tells of. */
const SUSPECTS = 20

/** How the fit with labels of an explainer does; of none, nothing is known but how many examples there are. */
export async function standingOf(runtime: Runtime, directory: string): Promise<Standing> {
  const reader = await ExplainerReader.open(directory)
  const { n, tests, task } = reader.manifest
  if (!reader.has(`${LABELS_FIT}head.safetensors`)) {
    return { n, accuracy: { train: null, test: null }, disputed: 0, suspects: [] }
  }
  const explainer = await openForFew(directory)
  try {
    const wrong = async (split: SplitName) =>
      wrongIn(runtime, reader, split, (await explainer.examplesOf(split)).labels)
    const train = await wrong('train')
    const test = tests > 0 ? await wrong('test') : null
    const right = (wrong: number | null, count: number) =>
      wrong === null || task !== 'classification' ? null : 1 - wrong / count
    return {
      n,
      accuracy: { train: right(train, n), test: right(test, tests) },
      disputed: train ?? 0,
      suspects: await suspectsOf(explainer, SUSPECTS),
    }
  } finally {
    await explainer.close()
  }
}

/**
 * How many examples the fit with labels takes for another class than their label, or, where each output says yes
 * or no, for another at any of them; null where they have no such labels.
 */
async function wrongIn(
  runtime: Runtime,
  reader: ExplainerReader,
  split: SplitName,
  labels: Int32Array | null,
): Promise<number | null> {
  const { task } = reader.manifest
  const values = task === 'multi-label' ? await storedValues(reader, split) : null
  if (!labels && !values) return null
  const decide = decisionOf(task)
  const { theta } = await readHead(reader, LABELS_FIT)
  const features = await storedFeatures(reader, split)
  let wrong = 0
  await eachLogits(runtime, { features, theta }, (start, logits) => {
    for (let i = 0; i < logits.rows; i++) {
      const row = rowOf(logits, i)
      const isWrong = values
        ? rowOf(values, start + i).some((label, j) => row[j] > 0 !== label > 0.5)
        : decide(row) !== labels?.[start + i]
      wrong += Number(isWrong)
    }
  })
  return wrong
}
