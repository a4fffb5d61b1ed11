import { barChart } from './chart/bar-chart.ts'
import { type Chart, figure } from './chart/chart.ts'
import { lineChart, type Series } from './chart/line-chart.ts'
import type { EvaluationView, PathSplit, ScoredDetection } from './evaluation-view.ts'
import {
  certificateWords,
  mislabelWords,
  pathColumns,
  pathRows,
  pathWords,
  rankedScores,
  scoreColumns,
  stabilityColumns,
  stabilityRows,
  stabilityWords,
} from './evaluation-words.ts'
import { figureTable } from './figure-table.ts'
import { type Html, html } from './html.ts'
import { fixed } from './numbers.ts'
import { convergenceChart } from './overview-charts.ts'
import { page } from './page.ts'

/** Lines that a chart can tell apart. */
const MOST_LINES = 8

/** Tables and charts follow each other without a heading between them. */
const STYLE = `
.columns { row-gap: 2rem; }
.wide + .columns { margin-top: 1.5rem; }
`

/** A page with everything that an evaluation found, and charts of it. */
export function evaluationPage(view: EvaluationView): string {
  const title = 'How good is this explainer?'
  const { convergence, gap } = view.certificate
  return page({
    title,
    style: STYLE,
    body: html`<h1>${title}</h1>
${certificateWords(view).map(
  (sentence, k) => html`<p${k === 0 && html` class="lead"`}>${sentence}</p>
`,
)}${
  convergence.length > 1 &&
  html`<div class="columns">
${figure(convergenceChart({ convergence, gap }))}
</div>`
}
<h2>Closeness over λ</h2>
<p>${pathWords(view)}</p>
${figureTable('λ', pathRows(view), pathColumns(view))}
<div class="columns">
${pathCharts(view).map(
  chart => html`${figure(chart)}
`,
)}</div>
${view.stability.neighbours.length > 0 && stabilityPart(view)}
${view.mislabels && mislabelPart(view.mislabels)}
${view.leftOut.map(
  ({ part, reason }) => html`<p class="note">${part} left out: ${reason}.</p>
`,
)}`,
  })
}

function pathCharts({ path }: EvaluationView): Chart[] {
  const series = (names: string, of: (split: PathSplit) => number | null): Series[] =>
    (['train', 'test'] as const)
      .map(name => ({
        name: `${names}, ${name}`,
        points: path.flatMap(point => {
          const split = point[name]
          const y = split && of(split)
          return y === null ? [] : [{ x: point.lambda, y }]
        }),
      }))
      .filter(({ points }) => points.length > 0)
  const shares = [
    ...series('correlation', ({ pearson }) => pearson),
    ...series('same decision', ({ argmaxAgreement }) => argmaxAgreement),
    ...series('accuracy', ({ accuracy }) => accuracy),
  ]
  const differences = series('difference', split => split.meanAbsoluteDifference)
  return [
    ...(shares.length > 0 ? [overLambda('Agreement', 'correlation or share', shares, { yHolds: [1] })] : []),
    ...(differences.length > 0
      ? [overLambda('Difference of the outputs', 'mean absolute difference', differences, { yHolds: [0] })]
      : []),
  ]
}

function stabilityPart(view: EvaluationView): Html {
  const of = (name: 'excitatory' | 'inhibitory' | 'rankCorrelation', words: string): Series => ({
    name: words,
    points: view.stability.neighbours.flatMap(pair => {
      const y = pair[name]
      return y === null ? [] : [{ x: Math.sqrt(pair.lambdas[0] * pair.lambdas[1]), y }]
    }),
  })
  const series = [
    of('excitatory', 'most excitatory'),
    of('inhibitory', 'most inhibitory'),
    of('rankCorrelation', 'rank correlation'),
  ].filter(({ points }) => points.length > 0)
  return html`<h2>Stability from one λ to the next</h2>
<p>${stabilityWords(view)}</p>
${figureTable('λ', stabilityRows(view), stabilityColumns(view))}
<div class="columns">
${figure(overLambda('What stays the same', 'share or correlation', series, { yHolds: [0, 1] }))}
</div>`
}

/** Lines over λ, which goes up to the right. */
function overLambda(
  title: string,
  yName: string,
  series: readonly Series[],
  { yHolds }: { readonly yHolds: readonly number[] },
): Chart {
  const ends = series.map(
    ({ name, points }) => `${name} from ${fixed(points[points.length - 1].y, 4)} to ${fixed(points[0].y, 4)}`,
  )
  return lineChart({
    title,
    words: `${title}, from the smallest λ to the largest: ${ends.join(', ')}.`,
    xName: 'λ',
    yName,
    xLog: true,
    series,
    yHolds,
  })
}

function mislabelPart(mislabels: NonNullable<EvaluationView['mislabels']>): Html {
  const ranked = rankedScores(mislabels)
  const best = ranked.slice(0, MOST_LINES)
  return html`<h2>Labels that were changed, found again</h2>
<p>${mislabelWords(mislabels)}</p>
${figureTable('score', ranked, scoreColumns(mislabels))}
<div class="columns">
${figure(scoreBars('ROC-AUC', ranked, ({ rocAuc }) => rocAuc))}
${figure(scoreBars('Average precision', ranked, ({ averagePrecision }) => averagePrecision))}
${figure(inspectedChart(best, mislabels.inspectedShares))}
</div>
${ranked.length > MOST_LINES && html`<p class="note">The curves are of the ${MOST_LINES} scores with the largest ROC-AUC.</p>`}`
}

function scoreBars(
  title: string,
  ranked: readonly [string, ScoredDetection][],
  of: (score: ScoredDetection) => number,
): Chart {
  const bars = ranked.map(([name, score]) => ({ name, value: of(score), text: fixed(of(score), 3) }))
  const words = `${title} of each score: ${bars.map(({ name, text }) => `${name} ${text}`).join(', ')}.`
  return barChart({ title, words, bars, holds: [1] })
}

function inspectedChart(best: readonly [string, ScoredDetection][], shares: readonly number[]): Chart {
  const series = best.map(([name, { found }]) => ({
    name,
    points: found.map((share, k) => ({ x: 100 * shares[k], y: 100 * share })),
  }))
  const tenth = best.map(([name, { found }]) => `${name} ${fixed(100 * found[shares.indexOf(0.1)], 1)}`)
  return lineChart({
    title: 'Changed labels found',
    words: `Percent of the changed labels among the first 10 percent inspected: ${tenth.join(', ')}.`,
    xName: 'inspected, in percent',
    yName: 'found, in percent',
    series,
    yHolds: [0, 100],
  })
}
