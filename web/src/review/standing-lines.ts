import type { RelabelAnswer } from '../../../src/server/wire.ts'
import { count, fixed, percent } from '../../../src/views/numbers.ts'

type Standing = RelabelAnswer['before']

/** One number before and after a refit, in words. */
export interface StandingLine {
  readonly name: string
  readonly values: readonly [before: string, after: string]
  /** With its sign, and whether it is better, so that colour need not say it */
  readonly change: string
}

interface Kind {
  readonly print: (value: number) => string
  /** The size of a change; as values are printed unless told */
  readonly printChange?: (size: number) => string
  /** null where more is neither better nor worse */
  readonly isMoreBetter: boolean | null
}

const SHARE: Kind = {
  print: value => percent(value, 2),
  printChange: size => `${fixed(100 * size, 2)} points`,
  isMoreBetter: true,
}

/** The measures of what labels may be: an explainer has one of them. */
const MEASURES: readonly (Kind & { readonly of: 'accuracy' | 'f1' | 'r2'; readonly name: string })[] = [
  { of: 'accuracy', name: 'Accuracy', ...SHARE },
  { of: 'f1', name: 'F1', ...SHARE },
  { of: 'r2', name: 'R²', print: value => fixed(value, 4), isMoreBetter: true },
]

/** How the fit with labels does before and after its labels were corrected; what neither knows is left out. */
export function standingLines(before: Standing, after: Standing): StandingLine[] {
  return [
    ...MEASURES.flatMap(({ of, name, ...kind }) => [
      line(`${name} on test examples`, before[of].test, after[of].test, kind),
      line(`${name} on training examples`, before[of].train, after[of].train, kind),
    ]),
    line('Disputed labels', before.disputed, after.disputed, { print: count, isMoreBetter: false }),
    line('Training examples', before.n, after.n, { print: count, isMoreBetter: null }),
  ].filter(line => line !== null)
}

function line(name: string, before: number | null, after: number | null, kind: Kind): StandingLine | null {
  if (before === null && after === null) return null
  const print = (value: number | null): string => (value === null ? '–' : kind.print(value))
  const values = [print(before), print(after)] as const
  if (before === null || after === null) return { name, values, change: '–' }
  if (values[0] === values[1]) return { name, values, change: 'the same' }
  const change = after - before
  const size = (kind.printChange ?? kind.print)(Math.abs(change))
  const signed = `${change > 0 ? '+' : '−'}${size}`
  if (kind.isMoreBetter === null) return { name, values, change: signed }
  return { name, values, change: `${signed}, ${change > 0 === kind.isMoreBetter ? 'better' : 'worse'}` }
}
