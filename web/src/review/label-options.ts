import type { ExplainerInfo } from '../../../src/server/wire.ts'

/** A label that an example could get. */
export interface LabelOption {
  readonly label: number
  readonly name: string
  /** null where there are no probabilities */
  readonly probability: number | null
}

export interface Likelihoods {
  readonly logits: readonly number[]
  readonly probabilities: readonly number[] | null
}

/**
 * The labels to choose from, the most likely first: classes by their logits; yes or no where each output has a
 * label of its own; none where labels are numbers.
 */
export function labelOptions(
  task: ExplainerInfo['task'],
  output: number | null,
  { logits, probabilities }: Likelihoods,
  nameOf: (label: number) => string,
): LabelOption[] {
  if (task === 'regression' || task === 'units') return []
  if (output !== null) {
    const yes = probabilities?.[output] ?? null
    const options = [
      { label: 1, name: nameOf(1), probability: yes },
      { label: 0, name: nameOf(0), probability: yes === null ? null : 1 - yes },
    ]
    return logits[output] > 0 ? options : options.reverse()
  }
  // Two classes on one output: its sign decides.
  const scores = logits.length === 1 ? [0, logits[0]] : logits
  const shares =
    probabilities && logits.length === 1 ? [1 - probabilities[0], probabilities[0]] : probabilities
  return scores
    .map((score, label) => ({ score, label }))
    .sort((a, b) => b.score - a.score || a.label - b.label)
    .map(({ label }) => ({ label, name: nameOf(label), probability: shares?.[label] ?? null }))
}

/**
 * The labels that typed text may mean: the one of that name, then those that begin with it, then those that have it;
 * all of them where nothing is typed.
 */
export function fitting(options: readonly LabelOption[], text: string): LabelOption[] {
  const typed = text.trim().toLowerCase()
  const rankOf = ({ name }: LabelOption): number => {
    const lower = name.toLowerCase()
    return lower === typed ? 0 : lower.startsWith(typed) ? 1 : 2
  }
  return options
    .filter(({ name }) => name.toLowerCase().includes(typed))
    .sort((a, b) => rankOf(a) - rankOf(b))
}
