import { pictureWords } from './contribution-column.ts'
import { type Html, html } from './html.ts'
import { count, significant } from './numbers.ts'
import { page } from './page.ts'
import { picture } from './picture.ts'
import type { NamedExample, SuspectView } from './view-data.ts'

export interface SuspectsPageOptions {
  readonly title: string
  /** How many training examples were ranked */
  readonly n: number
  /** The name of what they are ranked by */
  readonly score: string
  /** How exact the fit with labels is, in words; null where it goes without saying */
  readonly labelsFit: string | null
}

/** A page of suspects, the worst first. */
export function suspectsPage(
  suspects: readonly SuspectView[],
  { title, n, score, labelsFit }: SuspectsPageOptions,
): string {
  return page({
    title,
    body: html`<h1>${title}</h1>
<p class="lead">The ${count(suspects.length)} most suspect of ${count(n)} training examples: those whose label is to be doubted most, by ${score}.${labelsFit !== null && html` ${labelsFit}`}</p>
${suspects.length > 0 && keyToCards(suspects, score)}
${suspectsGrid(suspects)}`,
  })
}

function keyToCards(suspects: readonly SuspectView[], score: string): Html {
  const spoken = suspects.some(({ speakers }) => speakers !== null)
  return html`<p class="note">An arrow goes from the given label to the one that ${score} suggests.${spoken && html` Below it stand the training examples that speak most for the given label and against it; what is bold before an id is that example's own label.`} Suspicion is high for the worst, which come first.</p>`
}

/** Suspects as cards: given label → suggested label. */
export function suspectsGrid(suspects: readonly SuspectView[]): Html {
  if (suspects.length === 0) return html`<p class="muted">No suspects.</p>`
  return html`<ol class="suspects">
${suspects.map(
  suspect => html`<li>${suspectCard(suspect)}</li>
`,
)}</ol>`
}

function suspectCard({ rank, example, given, suggested, suspicion, speakers }: SuspectView): Html {
  return html`<figure class="suspect">
<span class="rank">${rank}</span>
${picture(example.picture, 96, { alt: pictureWords(example.id, given), tile: given })}
<figcaption>
<span class="change">${given === suggested ? given : changeWords(given, suggested)}</span>
<span class="suspicion">suspicion ${significant(suspicion, 4)}</span>
${idOf(example.id)}
${given === suggested && html`<span class="agrees">no other label suggested</span>`}
${speakers && [speakerLine('for', given, speakers.for), speakerLine('against', given, speakers.against)]}
</figcaption>
</figure>`
}

function speakerLine(side: string, given: string, examples: readonly NamedExample[]): Html {
  return html`<span class="speakers">${side} ${given}${examples.map(
    ({ id, label }) =>
      html` <span class="speaker">${label !== null && html`<b>${label}</b> `}${idOf(id)}</span>`,
  )}</span>`
}

/** An id that may go on in the next line after a slash or an underscore, so that a long one is not cut in a word. */
function idOf(id: string): Html {
  const [first, ...others] = id.split(/(?<=[/_])/)
  return html`<span class="id">${first}${others.map(piece => html`<wbr>${piece}`)}</span>`
}

function changeWords(given: string, suggested: string): Html {
  return html`<del>${given}</del> <span aria-hidden="true">→</span><span class="spoken"> suggested: </span> <ins>${suggested}</ins>`
}
