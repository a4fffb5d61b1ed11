import { type Html, html } from './html.ts'

/** What the bars of one picture share: the largest |value|, to both sides of zero. */
export function commonScale(values: readonly number[]): number {
  return Math.max(0, ...values.map(Math.abs).filter(Number.isFinite))
}

/** Half the width of a bar's axis: an axis goes from −100 to 100. */
const HALF = 100

/**
 * A value as a bar from zero in the middle: to the right above zero, to the left below. Its length is in
 * proportion to |value|, and the scale fills one side. Hidden from screen readers: the value stands beside it.
 */
export function contributionBar(value: number, scale: number, kind: 'signed' | 'total' = 'signed'): Html {
  const length = scale > 0 && Number.isFinite(value) ? Math.min(1, Math.abs(value) / scale) * HALF : 0
  const name = kind === 'total' ? 'total' : value < 0 ? 'inhibitory' : 'excitatory'
  return html`<svg class="bar" viewBox="${-HALF} 0 ${2 * HALF} 10" preserveAspectRatio="none" aria-hidden="true">
<rect class="track" x="${-HALF}" y="0" width="${2 * HALF}" height="10"/>
<rect class="${name}" x="${value < 0 ? rounded(-length) : 0}" y="0" width="${rounded(length)}" height="10"/>
<line class="zero" x1="0" y1="-3" x2="0" y2="13"/>
</svg>`
}

/** Steps of a ten-thousandth of the axis are finer than any screen. */
function rounded(x: number): number {
  return Math.round(100 * x) / 100
}
