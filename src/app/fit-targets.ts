import { memoryRows, type Rows } from '../math/rows.ts'
import { labelTargets, teacherTargets } from '../method/targets.ts'
import type { Split } from './fit-inputs.ts'
import { isProbability } from './fit-labels.ts'
import type { Targets } from './fit-options.ts'
import type { Setting } from './fit-setting.ts'

/** T of a fit [n, c]. */
export function targetsOf(of: Targets, split: Split, { c, activation, soft }: Setting): Rows {
  const { logits, labels, values } = split
  if (of === 'teacher' && logits) return memoryRows(teacherTargets(logits, activation))
  if (of === 'soft' && soft) return memoryRows(soft)
  return values ? memoryRows(values) : labelTargets(labels ?? new Int32Array(0), c)
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
