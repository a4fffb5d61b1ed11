import type { Chart } from './chart/chart.ts'
import { histogramChart } from './chart/histogram-chart.ts'
import { lineChart } from './chart/line-chart.ts'
import { scatterChart } from './chart/scatter-chart.ts'
import { bound, count, significant } from './numbers.ts'

export interface FidelityChart {
  readonly points: readonly { readonly given: number; readonly fitted: number }[]
  readonly sampled: number
  readonly of: number
  readonly pearson: number | null
}

/** Given against fitted logits: on the line where the fitted head says what the model says. */
export function fidelityChart({ points, sampled, of, pearson }: FidelityChart): Chart {
  const correlation = pearson === null ? '' : `, with a correlation of ${significant(pearson)}`
  return scatterChart({
    title: 'Given against fitted outputs',
    words: `${count(sampled)} given and fitted logits${correlation}; on the diagonal they are the same.`,
    xName: `given logit (${count(sampled)} of ${count(of)})`,
    yName: 'fitted logit',
    points: points.map(({ given, fitted }) => ({ x: given, y: fitted })),
    diagonal: true,
  })
}

export interface ConvergenceChart {
  /** At least two, some above zero */
  readonly convergence: readonly { readonly evaluations: number; readonly gap: number }[]
  /** The gap that was asked for */
  readonly gap: number
}

/** How the bound of the completeness gap fell while the head was fitted. */
export function convergenceChart({ convergence, gap }: ConvergenceChart): Chart {
  const points = convergence
    .filter(point => point.gap > 0)
    .map(point => ({ x: point.evaluations, y: point.gap }))
  const [first, last] = [points[0], points[points.length - 1]]
  return lineChart({
    title: 'Convergence',
    words: `The bound of the completeness gap fell from ${significant(first.y)} to ${significant(
      last.y,
    )} logits in ${last.x} evaluations; ${bound(gap)} was asked for.`,
    xName: 'evaluations of the objective',
    yName: 'gap at most, in logits',
    yLog: true,
    series: [{ name: 'gap', points }],
    xHolds: [0],
    level: { y: gap, name: 'asked for' },
  })
}

export interface AlphaChart {
  readonly edges: readonly number[]
  readonly counts: readonly number[]
  readonly zero: number
}

/** How large |α| is over all examples and outputs: few examples matter much. */
export function alphaChart({ edges, counts, zero }: AlphaChart): Chart {
  const mode = counts.indexOf(counts.reduce((a, b) => Math.max(a, b), 1))
  const range = [edges[0], edges[edges.length - 1]].map(edge => significant(edge))
  const usual = [edges[mode], edges[mode + 1]].map(edge => significant(edge))
  return histogramChart({
    title: 'Sizes of |α|',
    words: `|α| lies between ${range.join(' and ')}, most often between ${usual.join(' and ')}; ${count(zero)} are 0.`,
    xName: `|α|${zero > 0 ? `, and ${count(zero)} of 0` : ''}`,
    yName: 'examples × outputs',
    xLog: true,
    edges,
    counts,
  })
}
