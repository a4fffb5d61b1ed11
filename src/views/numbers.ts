/** How numbers are printed: with the true minus sign, thousands separated, in as many digits as they have. */

/** For what is not a number. */
const NOTHING = '–'

/** With a fixed number of decimals: −1,234.50 */
export function fixed(x: number, decimals: number): string {
  return Number.isFinite(x) ? withMinus(x, grouped(decimal(x, decimals))) : NOTHING
}

/** As `fixed`, with the sign of what is above zero too: +0.0512, −0.0512, but 0.0000 */
export function signed(x: number, decimals: number): string {
  const printed = fixed(x, decimals)
  return x > 0 && Number.isFinite(x) && !isZero(printed) ? `+${printed}` : printed
}

/** With three significant digits, unless told: 94.3, −0.00278, 1.20 × 10⁻⁹ */
export function significant(x: number, n = 3): string {
  const size = Math.abs(x)
  return rounded(x, n, size !== 0 && (size < 1e-5 || size >= 1e9))
}

/** A bound, rounded up to one significant digit: 0.00003 */
export function bound(x: number): string {
  if (!Number.isFinite(x)) return NOTHING
  const [mantissa, exponent] = x.toExponential().split('e')
  const digit = Number(mantissa[0]) + Number(mantissa.length > 1)
  return rounded(Number(`${digit}e${exponent}`), 1, x !== 0 && x < 1e-7)
}

/** As short as it is, for numbers that people choose: 0.003, 10, 1 × 10⁻⁶ */
export function brief(x: number): string {
  return rounded(x, 6, x !== 0 && Math.abs(x) < 1e-5)
    .replace(/(\.\d*?)0+(?!\d)/, '$1')
    .replace(/\.(?!\d)/, '')
}

export function count(n: number): string {
  return fixed(n, 0)
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

/*
 * Printed by hand: the first use of `Intl.NumberFormat` takes 20 to 30 ms, a tenth of what `explain` may take from
 * its start.
 */

/** With so many significant digits. */
function rounded(x: number, digits: number, isScientific: boolean): string {
  if (!Number.isFinite(x)) return NOTHING
  const [mantissa, power] = Math.abs(x)
    .toExponential(digits - 1)
    .split('e')
  const exponent = Number(power)
  if (isScientific) return withMinus(x, `${mantissa} × 10${superscript(exponent)}`)
  return withMinus(x, grouped(decimal(Number(`${mantissa}e${power}`), Math.max(0, digits - 1 - exponent))))
}

/** |x| with a fixed number of decimals. */
function decimal(x: number, decimals: number): string {
  const size = Math.abs(x)
  // From here on doubles are whole, and `toFixed` says them by powers.
  if (size < 1e21) return size.toFixed(decimals)
  return `${BigInt(size)}${decimals > 0 ? `.${'0'.repeat(decimals)}` : ''}`
}

/** Thousands of the whole part, set apart. */
function grouped(digits: string): string {
  const [whole, ...fraction] = digits.split('.')
  return [whole.replace(/\B(?=(\d{3})+$)/g, ','), ...fraction].join('.')
}

const withMinus = (x: number, printed: string): string =>
  x < 0 && !isZero(printed) ? `\u2212${printed}` : printed

/** Rounded to nothing, which has no sign. */
const isZero = (printed: string): boolean => /^[0.]*$/.test(printed)

const superscript = (n: number): string => [...String(n)].map(x => SUPERSCRIPTS[x]).join('')
