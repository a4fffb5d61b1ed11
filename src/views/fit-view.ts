import { type Html, html, type Interpolated } from './html.ts'
import { bound, brief, count, fixed, percent, seconds, significant } from './numbers.ts'
import type { FitView, ShownFidelity } from './view-data.ts'

/** What was fitted: the certificate in words, the setting, and how close the head is to the given model. */
export function fitSummary(fit: FitView): Html {
  return html`<p>${certificateWords(fit)}</p>
<dl class="setting">
${setting(fit).map(
  ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>
`,
)}</dl>
${fidelityTable(fit)}`
}

const TARGETS: Record<string, string> = {
  teacher: 'the given model’s outputs',
  labels: 'the labels',
  soft: 'soft labels',
}

const ENDS: Record<string, string> = {
  'max-iterations': 'stopped at its limit of iterations',
  'line-search-failed': 'stopped where no step went further down',
}

/** How exact the values are, and how that was reached. */
function certificateWords({ status, iterations, completenessGap, targets }: FitView): Html {
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
    ...(fit.layer === null ? [] : [['Layer', html`<span class="id">${fit.layer}</span>`] as const]),
    ['Training examples', count(fit.n)],
    ['Test examples', fit.tests === 0 ? 'none' : count(fit.tests)],
    ['Features → outputs', `${count(fit.d)} → ${count(fit.c)}`],
    ['Activation', fit.activation],
    ['Bias', fit.kernel === 'plain' ? fit.bias : `${fit.bias}, ${fit.kernel} kernel`],
    ['λ', brief(fit.lambda)],
    ['Features read in', seconds(features)],
    ['Fitted in', seconds(fit.seconds.fit)],
    ['Alpha and index in', seconds(alpha + index)],
  ]
}

interface Split {
  readonly name: string
  readonly fidelity: ShownFidelity | null
  readonly given: number | null
  readonly fitted: number | null
}

/** What is measured, on which split, as printed; null where it is not known. */
const MEASURES: readonly (readonly [string, (split: Split) => string | null])[] = [
  ['Pearson’s correlation of the outputs', ({ fidelity }) => known(fidelity?.pearson, x => fixed(x, 6))],
  [
    'Their mean absolute difference',
    ({ fidelity }) => known(fidelity?.meanAbsoluteDifference, x => significant(x)),
  ],
  ['Same prediction', ({ fidelity }) => known(fidelity?.argmaxAgreement, x => percent(x, 2))],
  ['Accuracy of the given model', ({ given }) => known(given, x => percent(x, 2))],
  ['Accuracy of the fitted head', ({ fitted }) => known(fitted, x => percent(x, 2))],
]

/** How close the fitted head is to the given model, and both to the labels; only what is known. */
function fidelityTable({ fidelity, accuracy, tests }: FitView): Html | null {
  const train = {
    name: 'train',
    fidelity: fidelity.train,
    given: accuracy.train,
    fitted: accuracy.fittedTrain,
  }
  const test = { name: 'test', fidelity: fidelity.test, given: accuracy.test, fitted: accuracy.fittedTest }
  const splits = tests === 0 ? [train] : [train, test]
  const measures = MEASURES.filter(([, measure]) => splits.some(split => measure(split) !== null))
  if (measures.length === 0) return null
  return html`<table class="fidelity">
<caption>${splits.some(split => split.fidelity) ? 'The fitted head beside the given model, and both beside the labels' : 'Predictions beside the labels'}</caption>
<thead><tr><th scope="col">Measure</th>${splits.map(({ name }) => html`<th scope="col" class="number">${name}</th>`)}</tr></thead>
<tbody>
${measures.map(
  ([
    name,
    measure,
  ]) => html`<tr><th scope="row">${name}</th>${splits.map(split => html`<td class="number">${measure(split) ?? '–'}</td>`)}</tr>
`,
)}</tbody>
</table>`
}

function known(x: number | null | undefined, print: (x: number) => string): string | null {
  return x === null || x === undefined ? null : print(x)
}
