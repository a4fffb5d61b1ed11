import type { ExplainerInfo, Question, SuspectsPage } from '../../../src/server/wire.ts'

/** How many examples of each sign tell why one is suspect. */
const SHOWN = 5

interface WhyQuestion extends Question {
  readonly example: { readonly split: 'train'; readonly row: number }
  readonly contrast?: readonly [number, number]
}

/**
 * Why an example is suspect: what speaks for its label against what is suggested instead. Where these agree, or an
 * output stands alone, what speaks for the output.
 */
export function whyQuestion(
  { c }: Pick<ExplainerInfo, 'c'>,
  { row, output, label, suggested }: SuspectsPage['suspects'][number],
): WhyQuestion {
  const example = { split: 'train', row } as const
  if (output !== null) return { example, output, k: SHOWN }
  if (c === 1) return { example, output: 0, k: SHOWN }
  return label === suggested
    ? { example, output: label, k: SHOWN }
    : { example, contrast: [label, suggested], k: SHOWN }
}
