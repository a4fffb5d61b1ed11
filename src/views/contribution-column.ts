import { contributionBar } from './contribution-bars.ts'
import { type Html, html, type Interpolated } from './html.ts'
import { signed, significant } from './numbers.ts'
import { picture } from './picture.ts'
import type { ShownContribution } from './view-data.ts'

export interface ColumnStyle {
  /** The largest |value| of both columns */
  readonly scale: number
  readonly decimals: number
  /** Whether any example has a picture: without, ids take their place */
  readonly pictures: boolean
}

/** Training examples in order, the strongest first, each with its signed bar and both factors. */
export function contributionColumn(contributions: readonly ShownContribution[], style: ColumnStyle): Html {
  return html`<ol class="contributions${style.pictures ? '' : ' bare'}">
${contributions.map(
  contribution => html`<li>${contributionFigure(contribution, style)}</li>
`,
)}</ol>`
}

function contributionFigure(shown: ShownContribution, { scale, decimals, pictures }: ColumnStyle): Html {
  const { id, label, predicted, value, alpha, similarity } = shown
  const differs = label !== null && predicted !== null && label !== predicted
  return html`<figure class="contribution">
${pictures && picture(shown.picture, 64, { alt: pictureWords(id, label), tile: label ?? predicted ?? id })}
<figcaption>
<span class="what"><span class="name">${labelWords(shown)}</span>${differs && html` <span class="differs">predicted ${predicted}</span>`}</span>
<span class="value ${value < 0 ? 'inhibitory' : 'excitatory'}">${signed(value, decimals)}</span>
${contributionBar(value, scale)}
<span class="id" title="${id}">${id}</span>
<span class="factors">${significant(alpha)} × ${significant(similarity)}</span>
</figcaption>
</figure>`
}

/** What stands for a picture where it is not seen. */
export function pictureWords(id: string, label: string | null): string {
  return label === null ? id : `${id}, labelled ${label}`
}

function labelWords({ label, predicted, id }: ShownContribution): Interpolated {
  if (label !== null || predicted === null) return label ?? id
  return html`<span class="differs">predicted</span> ${predicted}`
}
