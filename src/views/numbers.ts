/** How numbers are printed: with the true minus sign, thousands separated, in as many digits as they have. */

/** For what is not a number. */
const NOTHING = '–'

/** With a fixed number of decimals: −1,234.50 */
export function fixed(x: number, decimals: number): string {
  return printed(x, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    signDisplay: 'negative',
  })
}

/** As `fixed`, with the sign of what is above zero too: +0.0512, −0.0512, but 0.0000 */
export function signed(x: number, decimals: number): string {
  return printed(x, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    signDisplay: 'exceptZero',
  })
}

/** With three significant digits, unless told: 94.3, −0.00278, 1.20 × 10⁻⁹ */
export function significant(x: number, n = 3): string {
  const size = Math.abs(x)
  const digits = { minimumSignificantDigits: n, maximumSignificantDigits: n }
  return printed(
    x,
    size !== 0 && (size < 1e-5 || size >= 1e9) ? { ...digits, notation: 'scientific' } : digits,
  )
}

/** A bound, rounded up to one significant digit: 0.00003 */
export function bound(x: number): string {
  const notation = x !== 0 && x < 1e-7 ? 'scientific' : 'standard'
  return printed(x, {
    maximumSignificantDigits: 1,
    roundingMode: 'expand',
    notation,
  } as Intl.NumberFormatOptions)
}

/** As short as it is, for numbers that people choose: 0.003, 10, 1 × 10⁻⁶ */
export function brief(x: number): string {
  const notation = x !== 0 && Math.abs(x) < 1e-5 ? 'scientific' : 'standard'
  return printed(x, { maximumSignificantDigits: 6, notation })
}

export function count(n: number): string {
  return printed(n, { maximumFractionDigits: 0 })
}

/** A share of 1 as a percentage: 3.4 % */
export function percent(share: number, decimals = 1): string {
  return Number.isFinite(share) ? `${fixed(100 * share, decimals)}\u00a0%` : NOTHING
}

export function seconds(s: number): string {
  return Number.isFinite(s) ? `${s < 0.995 ? fixed(s, 2) : fixed(s, 1)}\u00a0s` : NOTHING
}

/** The decimals with which the largest of some values has three digits and the smallest at least one. */
export function decimalsFor(values: readonly number[]): number {
  const sizes = values.map(Math.abs).filter(size => size > 0 && size < Number.POSITIVE_INFINITY)
  if (sizes.length === 0) return 2
  const place = (size: number): number => Math.floor(Math.log10(size))
  const wanted = Math.max(
    2 - place(sizes.reduce((a, b) => Math.max(a, b))),
    -place(sizes.reduce((a, b) => Math.min(a, b))),
  )
  return Math.min(Math.max(wanted, 0), 12)
}

const SUPERSCRIPTS: Record<string, string> = Object.fromEntries(
  [...'-0123456789'].map((x, i) => [x, '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'[i]]),
)

function printed(x: number, options: Intl.NumberFormatOptions): string {
  if (!Number.isFinite(x)) return NOTHING
  return new Intl.NumberFormat('en-US', options)
    .format(x)
    .replace(/E(.*)$/, (_, power: string) => ` × 10${[...power].map(x => SUPERSCRIPTS[x]).join('')}`)
    .replace('-', '\u2212')
}
