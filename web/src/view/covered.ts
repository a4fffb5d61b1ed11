import { percent } from '../../../src/views/numbers.ts'
import type { Explanation } from './view.ts'

/**
 * The share of the logit that the shown examples come to, in words; null where it is no share, since what is shown
 * of one sign outweighs the whole.
 */
export function coveredWords({ covered }: Pick<Explanation, 'covered'>, decimals = 1): string | null {
  return covered !== null && covered >= 0 && covered <= 1 ? percent(covered, decimals) : null
}
