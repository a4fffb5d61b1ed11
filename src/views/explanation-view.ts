import { classSums } from './class-sums.ts'
import { commonScale } from './contribution-bars.ts'
import { type ColumnStyle, contributionColumn, pictureWords } from './contribution-column.ts'
import { type Html, html } from './html.ts'
import { bound, count, decimalsFor, percent, signed } from './numbers.ts'
import { page } from './page.ts'
import { picture } from './picture.ts'
import type { ExplanationView } from './view-data.ts'

/** One explanation: the input, the examples that raise and lower the output, and the sums over classes. */
export function explanationSection(view: ExplanationView): Html {
  const shown = [...view.excitatory, ...view.inhibitory]
  const values = shown.map(({ value }) => value)
  const style: ColumnStyle = {
    scale: commonScale(values),
    decimals: decimalsFor(values),
    pictures: shown.some(example => example.picture !== null),
  }
  return html`<section class="explanation">
${header(view)}
<div class="columns">
${column(view, 'excitatory', style)}
${column(view, 'inhibitory', style)}
</div>
<p class="note">${readingWords(view)}</p>
<h3>${view.contrast === null ? 'The logit' : 'The difference'} by class</h3>
${classSums(view)}
</section>`
}

/** A page of explanations that needs nothing beside itself. */
export function explanationPage(views: readonly ExplanationView[], title: string): string {
  const body =
    views.length === 0 ? html`<p>No explanations.</p>` : views.map(view => explanationSection(view))
  return page({ title, body: html`<h1>${title}</h1>\n${body}` })
}

/** What is explained, in a few words: “why cat”, “why cat rather than dog”. */
function questionWords({ output, contrast }: ExplanationView): string {
  return contrast === null ? `why ${output}` : `why ${output} rather than ${contrast}`
}

/** Whether the model is known to be wrong on the input. */
function isMistake({ input }: ExplanationView): boolean {
  return input.label !== null && input.predicted !== null && input.label !== input.predicted
}

function header(view: ExplanationView): Html {
  const { input, logit, givenLogit, fittedPrediction } = view
  const kind = view.contrast === null ? 'Logit' : 'Difference of logits'
  const decimals = logitDecimals(view)
  return html`<header>
${picture(input.picture, 128, { alt: pictureWords(input.name, input.label), tile: input.label ?? input.predicted ?? input.name })}
<div>
<h2><span class="id">${input.name}</span>: ${questionWords(view)}</h2>
<dl class="facts">
<div><dt>Label</dt><dd>${input.label ?? html`<span class="muted">not known</span>`}</dd></div>
${
  input.predicted !== null &&
  html`<div><dt>Predicted</dt><dd>${input.predicted}${isMistake(view) && html` <strong class="wrong">wrong</strong>`}</dd></div>
`
}${
  fittedPrediction !== input.predicted &&
  html`<div><dt>Fitted head predicts</dt><dd>${fittedPrediction} <strong class="wrong">differs</strong></dd></div>
`
}<div><dt>${kind}, fitted head</dt><dd class="number">${signed(logit, decimals)}</dd></div>
${
  givenLogit !== null &&
  html`<div><dt>${kind}, given model</dt><dd class="number">${signed(givenLogit, decimals)}</dd></div>
`
}</dl>
</div>
</header>`
}

const KINDS = {
  excitatory: { sign: '+', name: 'Excitatory', verb: 'raise' },
  inhibitory: { sign: '−', name: 'Inhibitory', verb: 'lower' },
} as const

function column(view: ExplanationView, kind: keyof typeof KINDS, style: ColumnStyle): Html {
  const { sign, name, verb } = KINDS[kind]
  const { output, contrast } = view
  const what = contrast === null ? `the logit of ${output}` : `${output} against ${contrast}`
  return html`<div class="column">
<div class="column-head"><h3><span class="${kind}" aria-hidden="true">${sign}</span> ${name} <small>${verb} ${what}</small></h3> <small>value = α × similarity</small></div>
${
  view[kind].length === 0
    ? html`<p class="muted">No training example ${verb}s ${what}.</p>`
    : contributionColumn(view[kind], style)
}
</div>`
}

function logitDecimals({ logit }: ExplanationView): number {
  return Math.max(3, Math.min(6, decimalsFor([logit])))
}

/** How to read the numbers: what a value is, how much is shown, how exact the whole is. */
function readingWords(view: ExplanationView): Html {
  const { excitatory, inhibitory, covered, completenessGap, n, read, contrast } = view
  const whole = `${contrast === null ? 'logit' : 'difference'}${view.bias === 0 ? '' : ' without its bias'}`
  const shown = [...excitatory, ...inhibitory].reduce((sum, { value }) => sum + value, 0)
  const decimals = logitDecimals(view)
  return html`Values are in logits. The shown ${excitatory.length} + ${inhibitory.length} examples ${
    covered !== null && covered >= 0 && covered <= 1
      ? html`cover ${percent(covered)} of the ${whole}`
      : html`add up to ${signed(shown, decimals)}, the ${whole} is ${signed(view.logit - view.bias, decimals)}`
  }; all ${count(n)} together add up to it within ${bound(completenessGap)}. ${count(read)} ${
    read === 1 ? 'was' : 'were'
  } read to find these.`
}
