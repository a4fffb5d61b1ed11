import { roundedToSum } from '../../../src/views/class-sums.ts'
import { commonScale } from '../../../src/views/contribution-bars.ts'
import { decimalsFor } from '../../../src/views/numbers.ts'
import type { Entry, Explanation } from '../view/view.ts'

/** The largest |value| of several explanations: what their bars share. */
export const scaleOf = (explanations: readonly Explanation[]): number =>
  commonScale(
    explanations
      .flatMap(({ excitatory, inhibitory }) => [...excitatory, ...inhibitory])
      .map(({ value }) => value),
  )

/** The decimals with which values of this scale are printed. */
export const decimalsOf = (scale: number): number => Math.max(3, Math.min(6, decimalsFor([scale])))

/** The sums of the first 1, 2, … values. */
export function runningSums(entries: readonly Entry[]): number[] {
  let sum = 0
  return entries.map(({ value }) => {
    sum += value
    return sum
  })
}

/** A term of the logit, and what of it is printed: the printed terms add up to the printed sum. */
export interface Term {
  readonly name: string
  readonly value: number
  readonly printed: number
}

/** The logit as what is shown, what is not, and the bias. */
export function termsOf(explanation: Explanation, n: number, decimals: number): Term[] {
  const { excitatory, inhibitory, logit, bias } = explanation
  const [up, down] = [sumOf(excitatory), sumOf(inhibitory)]
  const count = n - excitatory.length - inhibitory.length
  const said = [
    { name: `${excitatory.length} excitatory shown`, value: up },
    { name: `${inhibitory.length} inhibitory shown`, value: down },
    ...(bias === 0 ? [] : [{ name: 'bias', value: bias }]),
  ]
  if (count === 0) return printed(said, logit, decimals)
  // The others are what is left: what rounding leaves over is theirs, and the shown sums are as they stand above.
  const rounded = (x: number): number => Number(x.toFixed(decimals))
  const others = {
    name: 'others',
    value: logit - bias - up - down,
    printed: rounded(logit) - said.reduce((sum, { value }) => sum + rounded(value), 0),
  }
  const terms = said.map(term => ({ ...term, printed: rounded(term.value) }))
  return [...terms.slice(0, 2), others, ...terms.slice(2)]
}

/** Terms with what is printed of each, so that the printed numbers add up. */
export function printed(
  terms: readonly { readonly name: string; readonly value: number }[],
  total: number,
  decimals: number,
): Term[] {
  const values = terms.map(({ value }) => value)
  const sum = values.reduce((a, b) => a + b, 0)
  // What the completeness gap leaves over is said beside the sum, not hidden in a term.
  const whole = Math.abs(total - sum) < 0.5 * 10 ** -decimals ? total : sum
  const rounded = roundedToSum(values, whole, decimals)
  return terms.map((term, i) => ({ ...term, printed: rounded[i] }))
}

/**
 * Of some values the places of the largest, by size, and of all others; `open` is shown too, wherever it stands.
 * Without a number all are shown, in their order.
 */
export function fewOf(
  values: readonly number[],
  few: number | null,
  open: number,
): { readonly shown: readonly number[]; readonly others: readonly number[] } {
  const places = values.map((_, at) => at)
  if (few === null) return { shown: places, others: [] }
  const order = places.sort((a, b) => Math.abs(values[b]) - Math.abs(values[a]) || a - b)
  const isShown = (at: number, rank: number): boolean => rank < few || at === open
  return { shown: order.filter(isShown), others: order.filter((at, rank) => !isShown(at, rank)) }
}

const sumOf = (entries: readonly Entry[]): number => entries.reduce((sum, { value }) => sum + value, 0)

/**
 * Rows whose features are those of another shown example: the same similarity to the last bit, which other
 * features do not have but by chance.
 */
export function duplicatesOf({ excitatory, inhibitory }: Explanation): ReadonlyMap<number, number> {
  const first = new Map<number, number>()
  const duplicates = new Map<number, number>()
  for (const { row, similarity } of [...excitatory, ...inhibitory]) {
    const known = first.get(similarity)
    if (known === undefined) first.set(similarity, row)
    else duplicates.set(row, known)
  }
  return duplicates
}

/** Rows that stand in both explanations. */
export function inBoth(a: Explanation, b: Explanation): ReadonlySet<number> {
  const rows = new Set([...a.excitatory, ...a.inhibitory].map(({ row }) => row))
  return new Set([...b.excitatory, ...b.inhibitory].map(({ row }) => row).filter(row => rows.has(row)))
}
