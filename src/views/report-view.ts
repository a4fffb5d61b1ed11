import { pictureWords } from './contribution-column.ts'
import { explanationSection, isMistake, questionWords } from './explanation-view.ts'
import { fitSummary } from './fit-view.ts'
import { type Html, html } from './html.ts'
import { count } from './numbers.ts'
import { page } from './page.ts'
import { picture } from './picture.ts'
import { suspectsGrid } from './suspects-view.ts'
import type { ExplanationView, FitView, SuspectView } from './view-data.ts'

export interface Report {
  readonly title: string
  readonly fit: FitView
  readonly explanations: readonly ExplanationView[]
  readonly suspects: readonly SuspectView[]
  /** What to type next, one command each */
  readonly commands: readonly string[]
}

/** One page about a model: what was fitted, some explanations, and the suspects. */
export function reportPage({ title, fit, explanations, suspects, commands }: Report): string {
  return page({
    title,
    body: html`<h1>${title}</h1>
<p class="lead">The predictions of <span class="id">${fit.source}</span>, explained by its ${count(fit.n)} training examples. Each value says by how much one training example raises (excitatory, +) or lowers (inhibitory, −) a logit, and all values together are the logit.</p>
<section>
<h2>What was fitted</h2>
${fitSummary(fit)}
</section>
${explanations.length > 0 && explanationsPart(explanations)}
${
  suspects.length > 0 &&
  html`<section>
<h2>Suspects</h2>
<p>The training examples that resist a fit with their own label most, the worst first. A high suspicion is worse.</p>
${suspectsGrid(suspects)}
</section>`
}
${commands.length > 0 && commandsPart(commands)}`,
  })
}

function explanationsPart(explanations: readonly ExplanationView[]): Html {
  return html`<section>
<h2>Explanations</h2>
<nav aria-label="Explanations">
<ol class="contents">
${explanations.map(
  (view, i) => html`<li>${contentsLink(view, i)}</li>
`,
)}</ol>
</nav>
${explanations.map((view, i) => explanationSection(view, { level: 3, anchor: anchorOf(i) }))}
</section>`
}

function contentsLink(view: ExplanationView, i: number): Html {
  const { name, label, predicted } = view.input
  return html`<a href="#${anchorOf(i)}">
${picture(view.input.picture, 32, { alt: pictureWords(name, label), tile: label ?? predicted ?? name })}
<span><span class="id">${name}</span>: ${questionWords(view)}${isMistake(view) && html` <strong class="wrong">wrong</strong>`}</span>
</a>`
}

function anchorOf(i: number): string {
  return `explanation-${i + 1}`
}

function commandsPart(commands: readonly string[]): Html {
  return html`<section>
<h2>Try next</h2>
${commands.map(
  command => html`<pre><code>${command}</code></pre>
`,
)}</section>`
}
