import type { Explainer } from './explainer.ts'
import type { Entry } from './explanation.ts'
import type { Suspect } from './suspect.ts'

/** A training example that speaks for a label or against it. */
export interface Speaker extends Pick<Entry, 'row' | 'id' | 'label' | 'labelValue'> {
  /** What it adds to the label's logit, or, where another is suggested, to its lead over that one's; in logits */
  readonly value: number
}

export interface Speakers {
  /** The strongest first */
  readonly for: readonly Speaker[]
  /** The strongest first */
  readonly against: readonly Speaker[]
}

/** How many of each. */
const K = 3

/**
 * The training examples with the largest representer values for a suspect's label and against it, in the explained
 * fit. Where another class is suggested, for the one against the other. Its own value is left out.
 */
export async function speakersOf(explainer: Explainer, suspect: Suspect): Promise<Speakers> {
  const { row, label, suggested } = suspect
  const { c, task } = explainer.manifest
  const isClasses = suspect.output === null && c > 1
  const explained =
    isClasses && suggested !== label
      ? ({ contrast: [label, suggested] } as const)
      : { output: isClasses ? label : (suspect.output ?? 0) }
  const { excitatory, inhibitory } = await explainer.explainStored('train', row, { ...explained, k: K + 1 })
  const others = (entries: readonly Entry[]): Speaker[] =>
    entries
      .filter(entry => entry.row !== row)
      .slice(0, K)
      .map(({ row, id, label, labelValue, value }) => ({ row, id, label, labelValue, value }))
  // One output speaks for the second of two classes, for yes, and for larger numbers.
  const isUp = isClasses || (task === 'regression' ? label >= suggested : label > 0.5)
  const [up, down] = [others(excitatory), others(inhibitory)]
  return isUp ? { for: up, against: down } : { for: down, against: up }
}
