// A row of the table: one figure beside its peer's.
//
//   what      in words: sizes, and what is told (a median, a share, …)
//   unit      a key of UNITS
//   ours      number
//   peer      { name, value }, or { absent } with why there is none; null where there is nothing to compare with
//   ratio     number, the larger the better for us unless `target` is `atMost`
//   target    { atLeast } or { atMost }, of the ratio; null where the figure is only reported
//   checks    [{ what, reached }], what else must be
//   limit     { of: 'matrixProduct' | 'memoryStream', rate }, operations or bytes a second; null where neither applies
//   notes     sentences

import { bytes, count, seconds, times } from './units.js'

export const UNITS = {
  seconds,
  bytes,
  'a second': rate => `${count(Math.round(rate))} a second`,
  exponent: value => value.toFixed(2),
}

/** A row where the peer's time over ours is what counts. */
export function faster(what, ours, peer, { target = null, ...rest } = {}) {
  return row({ what, unit: 'seconds', ours, peer, ratio: peer && peer.value / ours, target, ...rest })
}

export function row({ ratio, target = null, checks = [], limit = null, notes = [], ...rest }) {
  return { ...rest, ratio: Number.isFinite(ratio) ? ratio : null, target, checks, limit, notes }
}

/** Whether all that must be is; null where nothing must, or where there is nothing to tell by. */
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
