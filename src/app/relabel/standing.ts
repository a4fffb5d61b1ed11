import { rowOf } from '../../math/matrix.ts'
import { microF1, rSquared } from '../../method/fit/measures.ts'
import { eachLogits } from '../../method/head/logits.ts'
import { decisionOf } from '../../method/head/task.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { ExplainerReader } from '../../store/read.node.ts'
import { LABELS_FIT, readHead } from '../explainer/files.node.ts'
import { openForFew } from '../explainer/open.ts'
import { storedFeatures, storedValues } from '../explainer/stored-rows.ts'
import type { SplitName } from '../explainer/stored-splits.ts'
import { suspectsOf } from '../explainer/suspect.ts'
import type { Standing } from './answer.ts'

/** How many suspects an answer tells of. */
const SUSPECTS = 20

/** How the fit with labels of an explainer does; of none, nothing is known but how many examples there are. */
export async function standingOf(runtime: Runtime, directory: string): Promise<Standing> {
  const reader = await ExplainerReader.open(directory)
  const { n, tests } = reader.manifest
  if (!reader.has(`${LABELS_FIT}head.safetensors`)) return { n, ...scores(null, null), suspects: [] }
  const explainer = await openForFew(directory)
  try {
    const tally = async (split: SplitName) =>
      tallied(runtime, reader, split, (await explainer.examplesOf(split)).labels)
    return {
      n,
      ...scores(await tally('train'), tests > 0 ? await tally('test') : null),
      suspects: await suspectsOf(explainer, SUSPECTS),
    }
  } finally {
    await explainer.close()
  }
}

/** How the examples of a split do together. */
interface Tally {
  /** Examples that the fit takes for another class than their label, or, where each output says yes or no, at any */
  readonly disputed: number
  readonly accuracy: number | null
  readonly f1: number | null
  readonly r2: number | null
}

function scores(train: Tally | null, test: Tally | null): Omit<Standing, 'n' | 'suspects'> {
  const both = (name: 'accuracy' | 'f1' | 'r2') => ({
    train: train?.[name] ?? null,
    test: test?.[name] ?? null,
  })
  return { accuracy: both('accuracy'), f1: both('f1'), r2: both('r2'), disputed: train?.disputed ?? 0 }
}

/** How the fit with labels does on a split, by the measure that is usual for what its labels are; null without labels. */
async function tallied(
  runtime: Runtime,
  reader: ExplainerReader,
  split: SplitName,
  labels: Int32Array | null,
): Promise<Tally | null> {
  const { task, c } = reader.manifest
  const values = task === 'classification' ? null : await storedValues(reader, split)
  if (!labels && !values) return null
  const decide = decisionOf(task)
  const { theta } = await readHead(reader, LABELS_FIT)
  const features = await storedFeatures(reader, split)
  const measure = task === 'multi-label' ? microF1() : rSquared(c)
  let disputed = 0
  await eachLogits(runtime, { features, theta }, (start, logits) => {
    for (let i = 0; i < logits.rows; i++) {
      const row = rowOf(logits, i)
      if (!values) {
        disputed += Number(decide(row) !== labels?.[start + i])
        continue
      }
      const wanted = rowOf(values, start + i)
      measure.add(row, wanted)
      if (task === 'multi-label') disputed += Number(wanted.some((label, j) => row[j] > 0 !== label > 0.5))
    }
  })
  return {
    disputed,
    accuracy: values ? null : 1 - disputed / features.rows,
    f1: task === 'multi-label' ? measure.value() : null,
    r2: task === 'regression' ? measure.value() : null,
  }
}
