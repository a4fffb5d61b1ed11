import { bytes, count, seconds, times } from './units.js'

/** How figures of each unit read. */
export const UNITS = {
  seconds,
  bytes,
  'a second': rate => `${count(Math.round(rate))} a second`,
  exponent: value => value.toFixed(2),
  correlation: value => value.toFixed(4),
  area: value => value.toFixed(4),
}

/**
 * A row of the table: one figure beside its peer's.
 *
 * @typedef {object} Row
 * @property {string} what sizes, and what is told of them: a median, a rate …
 * @property {keyof typeof UNITS} unit
 * @property {number} ours
 * @property {{ name: string, value: number } | { absent: string } | null} peer `absent`: why there is none here; null
 *   where there is nothing to compare with
 * @property {number | null} ratio
 * @property {{ atLeast: number } | { atMost: number } | null} target of the ratio; null where it is only reported
 * @property {readonly { what: string, reached: boolean }[]} checks what else must be
 * @property {{ of: 'matrixProduct' | 'memoryStream', rate: number } | null} limit what of the machine's is used:
 *   operations or bytes a second; null where neither limit applies
 * @property {readonly string[]} notes sentences
 */

/**
 * A row where the peer's time over ours is what counts.
 *
 * @param {string} what
 * @param {number} ours seconds
 * @param {Row['peer']} peer
 * @param {Partial<Row>} rest
 */
export function faster(what, ours, peer, rest = {}) {
  const ratio = peer && 'value' in peer ? peer.value / ours : null
  return row({ what, unit: 'seconds', ours, peer, ratio, ...rest })
}

/**
 * @param {Pick<Row, 'what' | 'unit' | 'ours' | 'peer' | 'ratio'> & Partial<Row>} given
 * @returns {Row}
 */
export function row(given) {
  return { target: null, checks: [], limit: null, notes: [], ...given }
}

/**
 * Whether all that must be is; null where nothing must, or where there is nothing to tell by.
 *
 * @param {Row} row
 */
export function isReached({ ratio, target, checks }) {
  if (checks.some(({ reached }) => !reached)) return false
  if (target === null) return checks.length > 0 ? true : null
  if (ratio === null) return null
  return 'atLeast' in target ? ratio >= target.atLeast : ratio <= target.atMost
}

/** `≥ 8 ×` */
export function targetText(target) {
  if (target === null) return ''
  return 'atLeast' in target ? `≥ ${target.atLeast} ×` : `≤ ${target.atMost} ×`
}

/** The ratio as it stands in the table. */
export function ratioText({ ratio }) {
  return ratio === null ? '' : times(ratio)
}
