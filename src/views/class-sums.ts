import { commonScale, contributionBar } from './contribution-bars.ts'
import { type Html, html } from './html.ts'
import { bound, count, decimalsFor, signed } from './numbers.ts'
import type { ExplanationView, ShownClassSum } from './view-data.ts'

/** More classes than this are not shown one by one. */
const MOST = 24

/**
 * The logit as a sum over classes: a signed bar for each class in the order of the classes, and the sum.
 * The printed numbers add up to the printed sum. Where the completeness gap is large enough to be seen,
 * the logit gets a row of its own beside the sum.
 */
export function classSums(view: ExplanationView): Html {
  const term = view.contrast === null ? 'logit' : 'difference'
  const parts = [...foldSmall(view.byClass), ...(view.bias === 0 ? [] : [{ name: 'bias', value: view.bias }])]
  const sum = parts.reduce((total, { value }) => total + value, 0)
  const scale = commonScale([...parts.map(({ value }) => value), sum])
  const decimals = Math.max(3, Math.min(6, decimalsFor([scale])))
  const complete = !(Math.abs(view.logit - sum) >= 0.5 * 10 ** -decimals)
  const total = complete ? view.logit : sum
  const values = roundedToSum(
    parts.map(({ value }) => value),
    total,
    decimals,
  )
  return html`<table class="class-sums">
<caption>Sums over the training examples of each ${view.groups === 'label' ? 'label' : 'predicted class'}, in logits</caption>
<thead><tr><th scope="col">${view.groups === 'label' ? 'Label' : 'Predicted'}</th><th scope="col" class="axis"><span><span>− lowers</span> <span>raises +</span></span></th><th scope="col" class="number">Sum of values</th></tr></thead>
<tbody>
${parts.map(
  ({ name, value }, i) =>
    html`<tr${name === view.output && html` class="explained"`}><th scope="row">${name}</th><td>${contributionBar(value, scale)}</td><td class="number">${signed(values[i], decimals)}</td></tr>
`,
)}</tbody>
<tfoot>
<tr><th scope="row">${complete ? html`Sum = ${term}` : 'Sum'}</th><td>${contributionBar(total, scale, 'total')}</td><td class="number">${signed(total, decimals)}</td></tr>
${
  !complete &&
  html`<tr><th scope="row">${term}</th><td>missed by ${bound(Math.abs(view.logit - sum))}, the completeness gap</td><td class="number">${signed(view.logit, decimals)}</td></tr>
`
}</tfoot>
</table>`
}

/** Keeps the largest classes in their order and adds up the others. */
function foldSmall(byClass: readonly ShownClassSum[]): readonly ShownClassSum[] {
  if (byClass.length <= MOST) return byClass
  const largest = [...byClass].sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, MOST - 1)
  const kept = new Set(largest)
  const folded = byClass.filter(part => !kept.has(part))
  const value = folded.reduce((total, part) => total + part.value, 0)
  return [...byClass.filter(part => kept.has(part)), { name: `${count(folded.length)} others`, value }]
}

/**
 * Rounds values so that they add up to their rounded total: rounds all down, then those with the largest
 * remainders up (Hamilton's method). Each moves by less than one unit of its last digit.
 *
 * @param total the sum of the values, or less than half a unit away from it
 */
export function roundedToSum(values: readonly number[], total: number, decimals: number): number[] {
  const unit = 10 ** -decimals
  const floors = values.map(value => Math.floor(value / unit))
  const missing = Math.round(total / unit) - floors.reduce((sum, floor) => sum + floor, 0)
  const remainder = (i: number): number => values[i] / unit - floors[i]
  const order = values.map((_, i) => i).sort((a, b) => remainder(b) - remainder(a))
  for (const i of order.slice(0, missing)) floors[i]++
  return floors.map(floor => floor * unit)
}
