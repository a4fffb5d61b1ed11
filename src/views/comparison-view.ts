import { barChart } from './chart/bar-chart.ts'
import { type Chart, figure } from './chart/chart.ts'
import { lineChart } from './chart/line-chart.ts'
import { type FigureColumn, figureTable, orNothing, targetWords } from './figure-table.ts'
import { html } from './html.ts'
import { bound, brief, count, fixed, percent, seconds } from './numbers.ts'
import { page } from './page.ts'

/** How one method does; null where that is not known. */
export interface ComparedMethod {
  readonly looPearson: number | null
  readonly lds: number | null
  /** By how much the output falls without the first of each test example's order, in logits: its mean height */
  readonly deletion: number | null
  /** The output of a head that is fitted to the first alone, in logits: its mean height */
  readonly insertion: number | null
  readonly deletionCurve: readonly (number | null)[]
  readonly insertionCurve: readonly (number | null)[]
  readonly topKCardinality: number | null
  readonly sameClassRate: number | null
  readonly seconds: number
  /** Bytes */
  readonly peakMemory: number
}

/** Methods held against refits of a head. */
export interface ComparisonView {
  readonly explainer: string
  readonly problem: { readonly n: number; readonly targets: string; readonly lambda: number }
  /** What methods are held against */
  readonly truth: {
    /** Whether the test examples are training examples that the head was refitted without */
    readonly heldOut: boolean
    readonly tests: number
    readonly loo: number
    readonly subsets: number
    readonly curvePoints: number
    /** Shares of the training examples, one for each step of the curves */
    readonly curveShares: readonly number[]
    readonly topK: number
    readonly refits: number
    /** Refits that ended before their completeness gap was reached */
    readonly unconverged: number
    /** What could not be fitted: without a class's last example a free bias has no minimum */
    readonly withoutMinimum: number
    /** The largest bound of a completeness gap without one example and on halves, in logits */
    readonly largestGap: number
  }
  readonly methods: { readonly [name: string]: ComparedMethod }
  readonly leftOut: readonly { readonly method: string; readonly reason: string }[]
}

/** What is told of each method behind its name. */
export const comparisonColumns = (topK: number): readonly FigureColumn<ComparedMethod>[] => [
  { heading: 'leave-one-out', text: ({ looPearson }) => orNothing(looPearson, x => fixed(x, 3)) },
  { heading: 'LDS', text: ({ lds }) => orNothing(lds, x => fixed(x, 3)) },
  { heading: 'deletion', text: ({ deletion }) => orNothing(deletion, x => fixed(x, 3)) },
  { heading: 'insertion', text: ({ insertion }) => orNothing(insertion, x => fixed(x, 3)) },
  {
    heading: `top-${topK} distinct`,
    text: ({ topKCardinality }) => orNothing(topKCardinality, x => percent(x, 0)),
  },
  { heading: 'same class', text: ({ sameClassRate }) => orNothing(sameClassRate, x => percent(x, 0)) },
  { heading: 'time', text: method => seconds(method.seconds) },
  { heading: 'memory', text: ({ peakMemory }) => `${count(peakMemory / 2 ** 20)}\u00a0MiB` },
]

/** Names and methods, those that agree best with leaving examples out first; of equals, the order they came in. */
export function rankedMethods(methods: ComparisonView['methods']): [string, ComparedMethod][] {
  const agreement = ({ looPearson, lds }: ComparedMethod) => looPearson ?? lds ?? Number.NEGATIVE_INFINITY
  return Object.entries(methods).sort(([, a], [, b]) => agreement(b) - agreement(a) || 0)
}

/** What the refits solve and how exact they are, in sentences. */
export function truthWords({ problem, truth }: Pick<ComparisonView, 'problem' | 'truth'>): string[] {
  const { n, targets, lambda } = problem
  const { heldOut, tests, loo, subsets, curvePoints, curveShares } = truth
  const examples = heldOut
    ? `${count(tests)} training examples that the head was first refitted without, since there are no test examples`
    : `${count(tests)} test examples`
  const shares = curveShares.map(share => percent(share))
  return [
    `Refitted to the ${targetWords(targets)} of ${count(n)} training examples, λ ${brief(lambda)}; asked about ${examples}, each about the output that is predicted: methods that look at the loss, about a loss that falls as this output rises.`,
    `Leave-one-out: Pearson's correlation over ${count(loo)} left-out examples and all test examples. LDS: over ${count(subsets)} random halves. Deletion and insertion: without, and fitted to, the first ${shares.join(', ')} of each of ${count(curvePoints)} test examples' own order, mean height in logits; more is better.`,
    refitWords(truth),
  ]
}

function refitWords({ refits, unconverged, withoutMinimum, largestGap }: ComparisonView['truth']): string {
  const converged = unconverged === 0 ? 'all converged' : `${count(unconverged)} of them not converged`
  const missing =
    withoutMinimum === 0
      ? ''
      : ` ${count(withoutMinimum)} more have no minimum, since they would leave a free bias without an example to hold it: what they would say is left out.`
  return `${count(refits)} refits, ${converged}, those for leave-one-out and LDS with a completeness gap of ${bound(largestGap)} logits at most.${missing}`
}

/** Lines that a chart can tell apart. */
const MOST_LINES = 8

/** A page with the table of methods and charts of it. */
export function comparisonPage(view: ComparisonView): string {
  const ranked = rankedMethods(view.methods)
  const title = 'Methods of attribution against refits'
  const best = ranked.slice(0, MOST_LINES)
  return page({
    title,
    body: html`<h1>${title}</h1>
<p class="lead">${view.explainer}</p>
${truthWords(view).map(
  sentence => html`<p>${sentence}</p>
`,
)}<h2>All methods</h2>
${figureTable('method', ranked, comparisonColumns(view.truth.topK))}
${view.leftOut.map(
  ({ method, reason }) => html`<p class="note">${method} is left out: ${reason}.</p>
`,
)}<h2>Agreement with refits</h2>
<div class="columns">
${figure(agreementChart('Leave-one-out', 'leaving single examples out', ranked, method => method.looPearson))}
${figure(agreementChart('LDS', 'fitting to random halves', ranked, method => method.lds))}
</div>
<h2>Curves</h2>
${ranked.length > MOST_LINES && html`<p class="note">The ${MOST_LINES} methods that agree best with leaving examples out.</p>`}
<div class="columns">
${figure(curvesChart('Deletion', 'share that is left out', best, [0, ...view.truth.curveShares], method => [0, ...method.deletionCurve]))}
${figure(curvesChart('Insertion', 'share that is fitted to', best, view.truth.curveShares, method => method.insertionCurve))}
</div>`,
  })
}

function agreementChart(
  title: string,
  of: string,
  ranked: readonly [string, ComparedMethod][],
  value: (method: ComparedMethod) => number | null,
): Chart {
  const bars = ranked.map(([name, method]) => ({
    name,
    value: value(method),
    text: orNothing(value(method), x => fixed(x, 3)),
  }))
  const words = `Correlation with what ${of} does: ${bars.map(({ name, text }) => `${name} ${text}`).join(', ')}.`
  return barChart({ title, words, bars, holds: [1] })
}

function curvesChart(
  title: string,
  xName: string,
  methods: readonly [string, ComparedMethod][],
  shares: readonly number[],
  curve: (method: ComparedMethod) => readonly (number | null)[],
): Chart {
  const series = methods.map(([name, method]) => ({
    name,
    points: curve(method).flatMap((y, step) => (y === null ? [] : [{ x: 100 * shares[step], y }])),
  }))
  const ends = series.map(({ name, points }) => `${name} ${fixed(points.at(-1)?.y ?? Number.NaN, 2)}`)
  return lineChart({
    title,
    words: `${title}, in logits at the last step: ${ends.join(', ')}.`,
    xName: `${xName}, in percent`,
    yName: title === 'Deletion' ? 'fall of the output, in logits' : 'output, in logits',
    series,
    xHolds: [0],
  })
}
