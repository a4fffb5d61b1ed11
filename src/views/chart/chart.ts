import { type Html, html, type Interpolated, rawHtml } from '../html.ts'
import { paletteRule } from '../palette.ts'
import { CHART_STYLE } from './style.ts'

/** What every chart says of itself. */
export interface ChartText {
  readonly title: string
  /** What it shows, in words, for who does not see it */
  readonly words: string
}

/** A chart: SVG whose colours are of the page around it. */
export interface Chart extends ChartText {
  readonly width: number
  readonly height: number
  /** What stands in the SVG */
  readonly marks: Html
}

/** A chart of what a template says is in it. */
export const drawing =
  (text: ChartText, size: { readonly width: number; readonly height: number }) =>
  (parts: TemplateStringsArray, ...values: readonly Interpolated[]): Chart => ({
    ...text,
    ...size,
    marks: html(parts, ...values),
  })

/** A chart in a page, with its title. */
export const figure = (chart: Chart): Html =>
  html`<figure class="chart"><figcaption>${chart.title}</figcaption>
${svg(chart)}</figure>`

/** A file of its own, which follows the colour scheme of whoever looks at it. */
export const svgFile = (chart: Chart): string =>
  `${svg(
    chart,
    html` xmlns="http://www.w3.org/2000/svg"`,
    html`<style>${rawHtml(paletteRule() + CHART_STYLE)}</style>
`,
  )}\n`

const svg = ({ words, width, height, marks }: Chart, namespace?: Html, style?: Html): Html =>
  html`<svg${namespace} class="chart-drawing" viewBox="0 0 ${width} ${height}" role="img" aria-label="${words}">
${style}${marks}
</svg>`
