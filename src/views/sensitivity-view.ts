import { pictureWords } from './contribution-column.ts'
import { colourShare, divergingRamp, rampTicks } from './diverging.ts'
import { type Html, html, rawHtml } from './html.ts'
import { bound, count, fixed, percent, signed, significant } from './numbers.ts'
import { page } from './page.ts'
import { picture } from './picture.ts'
import { SENSITIVITY_STYLE } from './sensitivity-style.ts'
import type { ShownExample, ShownInput, ShownPicture } from './view-data.ts'

/** A token of a text with its number. */
export interface ShownToken {
  readonly text: string
  readonly value: number
}

/** A map as it is seen: over a picture, or as the tokens of a text; neither where it is of other numbers. */
export interface ShownMap {
  readonly picture: ShownPicture | null
  readonly tokens: readonly ShownToken[] | null
  readonly norm: number
}

/** A map that is part of another. */
export interface ShownPart extends ShownMap {
  /** ⟨part, whole⟩ / ‖whole‖²; null where the whole is zero */
  readonly share: number | null
}

export interface ShownExamplePart extends ShownPart {
  readonly example: ShownExample
  /** In logits */
  readonly value: number
  /** What in the training input makes it similar; null unless asked for */
  readonly pair: ShownMap | null
}

export interface ShownGroup extends ShownPart {
  readonly name: string
  readonly examples: number
  readonly value: number
}

/** A sensitivity map and what it is made of. */
export interface SensitivityView {
  readonly input: ShownInput
  readonly output: string
  /** The output that `output` is set against; null where it stands alone */
  readonly contrast: string | null
  /** The fitted head's, or a difference of two */
  readonly logit: number
  /** How the maps were made, in words */
  readonly method: string
  /** What is differentiated by, in words */
  readonly by: string
  /** What has the full colour in all panels but the pairs, and in these */
  readonly scale: number
  readonly pairScale: number
  readonly whole: ShownMap
  readonly given: (ShownMap & { readonly cosine: number | null }) | null
  readonly rest: ShownPart
  readonly overlap: ShownPart | null
  readonly groups: readonly ShownGroup[]
  readonly excitatory: readonly ShownExamplePart[]
  readonly inhibitory: readonly ShownExamplePart[]
  /** By how much the parts miss the whole at most, relative to the largest number in any of them */
  readonly difference: number
  /** Why maps of a picture do not lie over it; null where they do, or there is none */
  readonly noOverlays: string | null
}

/** A page of one map side by side with its parts, as figure 6 of Yeh et al. (2018), that needs nothing beside itself. */
export function sensitivityPage(view: SensitivityView): string {
  const { input, output, contrast } = view
  const what = contrast === null ? output : `${output} rather than ${contrast}`
  const title = `What in ${input.name} speaks for ${what}`
  return page({
    title,
    style: SENSITIVITY_STYLE,
    body: html`<h1>${title}</h1>
${lead(view)}
${legend(view)}
${wholes(view)}
${view.groups.length > 0 && groupsOf(view)}
${
  view.excitatory.length + view.inhibitory.length > 0 &&
  html`<div class="columns">
${column(view, 'excitatory')}
${column(view, 'inhibitory')}
</div>`
}
${view.noOverlays !== null && html`<p class="note">${view.noOverlays}</p>`}
<p class="note">${sumWords(view)}</p>`,
  })
}

function lead({ logit, contrast, method, by, input }: SensitivityView): Html {
  const kind = contrast === null ? 'Logit' : 'Difference of logits'
  return html`<p class="lead">By how much the ${contrast === null ? 'logit' : 'difference of logits'} changes with each number of ${by}, and which training examples that comes from: ${method}.</p>
<dl class="facts">
<div><dt>Label</dt><dd>${input.label ?? html`<span class="muted">not known</span>`}</dd></div>
${
  input.predicted !== null &&
  html`<div><dt>Predicted</dt><dd>${input.predicted}</dd></div>
`
}<div><dt>${kind}, fitted head</dt><dd class="number">${signed(logit, 3)}</dd></div>
</dl>`
}

function legend({ scale, pairScale, whole, excitatory, inhibitory }: SensitivityView): Html | false {
  if (whole.picture === null && whole.tokens === null) return false
  const hasPairs = [...excitatory, ...inhibitory].some(({ pair }) => pair !== null)
  return html`<div class="scale"><div class="ramp"><span style="background: ${divergingRamp()}"></span>
<span class="ticks number">${rampTicks(scale).map(tick => html`<span>${tick}</span>`)}</span></div>
<small>Orange lowers, blue raises. One scale for all maps${
    hasPairs &&
    html`; for what makes training examples similar, another: its ends are ±${significant(pairScale)}`
  }. Colours go by the square root, and no longer change beyond the ends.</small></div>`
}

function wholes(view: SensitivityView): Html {
  const { input, whole, given, rest, overlap, scale } = view
  return html`<div class="maps">
${
  input.picture &&
  html`<figure class="map">${picture(input.picture, 128, { alt: pictureWords(input.name, input.label), tile: input.name })}<figcaption><span class="name">${input.name}</span></figcaption></figure>
`
}${mapFigure(whole, scale, 128, 'The whole', html`norm ${significant(whole.norm)}`)}
${
  given &&
  mapFigure(
    given,
    scale,
    128,
    'The given head',
    html`norm ${significant(given.norm)}${given.cosine !== null && html`<br>cosine to the fitted ${fixed(given.cosine, 3)}`}`,
  )
}
${mapFigure(rest, scale, 128, 'All others', shareWords(rest.share))}
${overlap && mapFigure(overlap, scale, 128, 'In several parts', html`${shareWords(overlap.share)}, taken away once`)}
</div>`
}

function groupsOf({ groups, scale }: SensitivityView): Html {
  return html`<h2>Groups</h2>
<div class="maps">
${groups.map(group =>
  mapFigure(
    group,
    scale,
    128,
    group.name,
    html`${count(group.examples)} examples, <span class="number">${signed(group.value, 3)}</span><br>${shareWords(group.share)}`,
  ),
)}
</div>`
}

const KINDS = {
  excitatory: { sign: '+', name: 'Excitatory', verb: 'raise' },
  inhibitory: { sign: '−', name: 'Inhibitory', verb: 'lower' },
} as const

function column(view: SensitivityView, kind: keyof typeof KINDS): Html {
  const { sign, name, verb } = KINDS[kind]
  return html`<section class="column">
<div class="column-head"><h2><span class="${kind}" aria-hidden="true">${sign}</span> ${name} <small>${verb} it</small></h2> <small>value · share of the map</small></div>
${
  view[kind].length === 0
    ? html`<p class="muted">No training example ${verb}s it.</p>`
    : html`<ol>
${view[kind].map(
  part => html`<li>${exampleFigure(part, view)}</li>
`,
)}</ol>`
}
</section>`
}

function exampleFigure(
  { example, value, share, pair, ...map }: ShownExamplePart,
  { input, scale, pairScale }: SensitivityView,
): Html {
  const { id, label, predicted } = example
  return html`<figure class="part">
${example.picture && picture(example.picture, 96, { alt: pictureWords(id, label), tile: id })}
${map.tokens && html`<small class="of">${input.name}</small>`}
${mapBody(map, scale, 96, `the part of ${id}`)}
${pair?.tokens && html`<small class="of">${id}</small>`}
${pair && mapBody(pair, pairScale, 96, `what in ${id} makes it similar`)}
<figcaption>
<span class="name">${label ?? predicted ?? id}</span>
<span class="value ${value < 0 ? 'inhibitory' : 'excitatory'}">${signed(value, 4)}</span>
<span class="share">${shareWords(share)}</span>
<span class="id" title="${id}">${id}</span>
</figcaption>
</figure>`
}

function mapFigure(map: ShownMap, scale: number, box: 96 | 128, name: string, words: Html | string): Html {
  return html`<figure class="map${map.tokens ? ' text' : ''}">${mapBody(map, scale, box, name)}<figcaption><span class="name">${name}</span><br><small>${words}</small></figcaption></figure>
`
}

function mapBody(
  { picture: shown, tokens, norm }: ShownMap,
  scale: number,
  box: 96 | 128,
  name: string,
): Html {
  if (tokens) return html`<p class="tokens">${tokens.map(token => tokenSpan(token, scale))}</p>`
  if (shown) return picture(shown, box, { alt: `map: ${name}`, tile: name })
  return html`<span class="number">norm ${significant(norm)}</span>`
}

/** At most so much of a colour lies behind a word, which stays readable in light and dark. */
const MOST_COLOUR = 0.5

function tokenSpan({ text, value }: ShownToken, scale: number): Html {
  const colour = value < 0 ? '--inhibitory' : '--excitatory'
  const share = Math.round(100 * MOST_COLOUR * colourShare(value / scale))
  return html`<span style="background: color-mix(in srgb, var(${rawHtml(colour)}) ${share}%, transparent)" title="${signed(value, 4)}">${text}</span> `
}

const shareWords = (share: number | null): string => (share === null ? '' : `${percent(share)} of the map`)

function sumWords({ difference, overlap }: SensitivityView): string {
  const what = overlap
    ? 'All parts, the groups and all others, less what is in several of them,'
    : 'All parts, groups and others'
  return `${what} add up to the whole within ${bound(difference)} of the largest number in any of them. A share is ⟨part, whole⟩ / ‖whole‖²; shares add up to 100 %, and each may be negative.`
}
