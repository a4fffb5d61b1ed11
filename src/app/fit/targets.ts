import { widened } from '../../math/float16.ts'
import { mapRows, memoryRows, type Rows } from '../../math/rows.ts'
import { labelTargets, teacherTargets } from '../../method/head/targets.ts'
import type { ExplainerWriter } from '../../store/write.node.ts'
import type { FitInputs, Split } from './inputs.ts'
import { isProbability } from './labels.ts'
import type { Targets } from './options.ts'
import type { Setting } from './setting.ts'
import { matrices, writeRows } from './write-rows.ts'

/** T of a fit [n, c], made as it is read. */
export function targetsOf(of: Targets, split: Split, { c, activation, soft }: Setting): Rows {
  const { logits, labels, values } = split
  if (of === 'teacher' && logits) {
    return mapRows(logits, c, matrix => teacherTargets(widened(matrix), activation))
  }
  if (of === 'soft' && soft) return soft
  return values ? memoryRows(values) : labelTargets(labels ?? new Int32Array(0), c)
}

/** Writes T of the explained fit, made once, and answers it as the fit reads it. */
export function storeTargets(
  writer: ExplainerWriter,
  { train, plan }: Pick<FitInputs, 'train' | 'plan'>,
  setting: Setting,
): Promise<Rows> {
  const rows = targetsOf(setting.targets, train, setting)
  return writeRows(writer, 'train/targets.npy', rows, matrices(rows), { inMemory: plan.targets })
}

/** Whether labels make targets of their own, by which suspects can be ranked. */
export function hasLabelTargets({ labels, values }: Split, { task, activation }: Setting): boolean {
  switch (task) {
    case 'classification':
      return labels !== null && isProbability(activation)
    case 'multi-label':
      return values !== null
    case 'regression':
      return values !== null && activation === 'identity'
    case 'units':
      return false
  }
}
