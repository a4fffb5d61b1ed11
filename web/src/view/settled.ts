import type { ExplainerInfo } from '../../../src/server/wire.ts'
import type { View } from './view.ts'

/** What of a view has to change where the explainer has no test examples; null where it can be shown. */
export function settled(
  { split }: Pick<View, 'split'>,
  { tests }: Pick<ExplainerInfo, 'tests'>,
): Partial<View> | null {
  return split === 'test' && tests === 0 ? { split: 'train', row: null, cell: null } : null
}
