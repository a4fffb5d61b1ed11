import { type Html, html, type Interpolated } from './html.ts'
import { bound, brief, count, percent, seconds, significant } from './numbers.ts'
import type { FitView, ShownFidelity } from './view-data.ts'

/** What was fitted: the certificate in words, the setting, and how close the head is to the given model. */
export function fitSummary(fit: FitView): Html {
  return html`<p>${certificateWords(fit)}</p>
<dl class="facts">
${setting(fit).map(
  ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>
`,
)}</dl>
${fidelityTable(fit)}`
}

const TARGETS: Record<string, string> = { teacher: 'the given model’s outputs', labels: 'the labels' }

const ENDS: Record<string, string> = {
  'max-iterations': 'stopped at its limit of iterations',
  'line-search-failed': 'stopped where no step went further down',
}

/** How exact the values are, and how that was reached. */
export function certificateWords({ status, iterations, completenessGap, targets }: FitView): Html {
  const end =
    status === 'converged'
      ? 'converged'
      : html`<strong>did not converge</strong>: it ${ENDS[status] ?? status}`
  return html`The head was fitted to ${TARGETS[targets] ?? targets} and ${end} after ${count(iterations)} ${
    iterations === 1 ? 'iteration' : 'iterations'
  }. On every training example, the values add up to the logit within <strong>${bound(completenessGap)}</strong>.`
}

function setting(fit: FitView): readonly (readonly [string, Interpolated])[] {
  const { features, alpha, index } = fit.seconds
  return [
    ['Source', html`<span class="id">${fit.source}</span>`],
    ['Layer', fit.layer === null ? '–' : html`<span class="id">${fit.layer}</span>`],
    ['Training examples', count(fit.n)],
    ['Test examples', fit.tests === 0 ? 'none' : count(fit.tests)],
    ['Features → outputs', `${count(fit.d)} → ${count(fit.c)}`],
    ['Activation', fit.activation],
    ['Bias', fit.bias],
    ['λ', brief(fit.lambda)],
    ['Features read in', seconds(features)],
    ['Fitted in', seconds(fit.seconds.fit)],
    ['Alpha and index in', seconds(alpha + index)],
  ]
}

function fidelityTable({ fidelity, accuracy }: FitView): Html {
  return html`<div class="scroll"><table class="fidelity">
<caption>Fidelity: the fitted head beside the given model. Accuracy: each beside the labels.</caption>
<thead><tr><th scope="col">Split</th><th scope="col" class="number">Pearson</th><th scope="col" class="number">Mean abs. difference</th><th scope="col" class="number">Same prediction</th><th scope="col" class="number">Accuracy, given</th><th scope="col" class="number">Accuracy, fitted</th></tr></thead>
<tbody>
${fidelityRow('train', fidelity.train, accuracy.train, accuracy.fittedTrain)}
${fidelityRow('test', fidelity.test, accuracy.test, accuracy.fittedTest)}
</tbody>
</table></div>`
}

function fidelityRow(
  split: string,
  fidelity: ShownFidelity | null,
  given: number | null,
  fitted: number | null,
): Html {
  const cells = [
    fidelity?.pearson?.toFixed(6),
    fidelity && significant(fidelity.meanAbsoluteDifference),
    fidelity && percent(fidelity.argmaxAgreement, 2),
    given !== null && percent(given, 2),
    fitted !== null && percent(fitted, 2),
  ]
  return html`<tr><th scope="row">${split}</th>${cells.map(cell => html`<td class="number">${cell || '–'}</td>`)}</tr>`
}
