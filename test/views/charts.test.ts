import { describe, expect, test } from 'vitest'
import { barChart } from '../../src/views/chart/bar-chart.ts'
import { type Chart, figure, svgFile } from '../../src/views/chart/chart.ts'
import { histogramChart } from '../../src/views/chart/histogram-chart.ts'
import { lineChart } from '../../src/views/chart/line-chart.ts'
import { scatterChart } from '../../src/views/chart/scatter-chart.ts'
import { alphaChart, convergenceChart, fidelityChart } from '../../src/views/overview-charts.ts'
import { readHtml } from './well-formed.ts'

const text = { title: 'Title', words: 'What it shows <in words>' }
const axes = { xName: 'share inspected', yName: 'share found' }

const rising = {
  name: 'rising',
  points: [
    { x: 0, y: 0 },
    { x: 0.5, y: 0.75, spread: 0.25 },
    { x: 1, y: 1 },
  ],
}
const falling = { name: 'falling', points: rising.points.map(({ x, y }) => ({ x, y: 1 - y })) }

const charts: Record<string, Chart> = {
  'line-chart.svg': lineChart({
    ...text,
    ...axes,
    series: [rising, falling],
    level: { y: 0.9, name: 'wanted' },
  }),
  'scatter-chart.svg': scatterChart({
    ...text,
    ...axes,
    points: [
      { x: -1, y: 2 },
      { x: 3, y: 0 },
      { x: Number.NaN, y: 1 },
    ],
    diagonal: true,
  }),
  'scatter-chart-of-kinds.svg': scatterChart({
    ...text,
    ...axes,
    points: [
      { x: 1, y: 2 },
      { x: 3, y: 0, kind: 1 },
    ],
    kinds: ['one', 'other'],
  }),
  'histogram-chart.svg': histogramChart({
    ...text,
    ...axes,
    edges: [1e-6, 1e-3, 1],
    counts: [4, 12],
    xLog: true,
  }),
  'bar-chart.svg': barChart({
    ...text,
    bars: [
      { name: 'influence', value: 0.8, spread: 0.1, text: '0.80' },
      { name: 'random', value: -0.1, text: '−0.10' },
      { name: 'unknown', value: null, text: '–' },
    ],
    holds: [1],
  }),
  'fidelity-chart.svg': fidelityChart({
    points: [{ given: 1, fitted: 1.01 }],
    sampled: 1,
    of: 200,
    pearson: 0.999,
  }),
  'convergence-chart.svg': convergenceChart({
    convergence: [
      { evaluations: 1, gap: 3 },
      { evaluations: 2, gap: 0 },
      { evaluations: 9, gap: 2e-5 },
    ],
    gap: 1e-4,
  }),
  'alpha-chart.svg': alphaChart({ edges: [1e-5, 1e-4, 1e-3], counts: [2, 7], zero: 3 }),
}

test.each(Object.entries(charts))('%s', async (file, chart) => {
  expect(readHtml(svgFile(chart)).elements[0].attributes.get('aria-label')).toBeTruthy()
  expect(readHtml(figure(chart).toString()).text).toContain(chart.title)
  await expect(svgFile(chart)).toMatchFileSnapshot(`snapshots/${file}`)
})

/** Numbers of an attribute, in order. */
const numbers = (chart: Chart, pattern: RegExp): number[] =>
  [...chart.marks.toString().matchAll(pattern)].map(found => Number(found[1]))

describe('what is drawn', () => {
  test('stands within the drawing, whatever the numbers are', () => {
    for (const scale of [1e-12, 1, 1e9]) {
      const points = Array.from({ length: 50 }, (_, i) => ({ x: scale * i, y: scale * Math.sin(i) }))
      for (const chart of [
        lineChart({ ...text, ...axes, series: [{ name: 'a', points }] }),
        scatterChart({ ...text, ...axes, points }),
      ]) {
        const places = [...chart.marks.toString().matchAll(/points="([^"]*)"| d="([^"]*)"/g)]
          .flatMap(([, line = '', path = '']) => `${line} ${path}`.match(/-?\d+(\.\d+)?/g) ?? [])
          .map(Number)
        expect(Math.min(...places)).toBeGreaterThanOrEqual(0)
        expect(Math.max(...places)).toBeLessThanOrEqual(chart.width)
      }
    }
  })

  test('is as far from zero as its number', () => {
    const chart = barChart({
      ...text,
      bars: [1, 2, -4].map(value => ({ name: `${value}`, value, text: '' })),
    })
    const [one, two, four] = numbers(chart, /class="chart-column"[^>]* width="([\d.]+)"/g)
    expect(two / one).toBeCloseTo(2, 1)
    expect(four / one).toBeCloseTo(4, 1)
  })

  test('is one column a count, as high as it', () => {
    const counts = [1, 0, 5, 10]
    const chart = histogramChart({ ...text, ...axes, edges: [0, 1, 2, 3, 4], counts })
    const heights = numbers(chart, /class="chart-column"[^>]* height="([\d.]+)"/g)
    for (const [i, height] of heights.entries()) expect(height / heights[3]).toBeCloseTo(counts[i] / 10, 2)
  })

  test('is told apart without colour: each series has dashes of its own', () => {
    const series = Array.from({ length: 8 }, (_, i) => ({ name: `${i}`, points: rising.points }))
    const drawn = lineChart({ ...text, ...axes, series }).marks.toString()
    const dashes = [...drawn.matchAll(/<polyline[^>]*stroke-dasharray="([^"]*)"/g)].map(([, dash]) => dash)
    expect(new Set(dashes).size).toBe(8)
  })

  test('is told apart without colour: each kind of dots has a shape of its own', () => {
    const kinds = ['a', 'b', 'c']
    const points = kinds.map((_, kind) => ({ x: kind, y: kind, kind }))
    const drawn = scatterChart({ ...text, ...axes, points, kinds }).marks.toString()
    const shapes = [...drawn.matchAll(/ d="M[\d.]+ [\d.]+([^"]*)"/g)].map(([, shape]) => shape)
    expect(shapes.slice(0, 3)).toEqual(shapes.slice(3))
    expect(new Set(shapes).size).toBe(3)
  })

  test('is one point where all numbers are one, and nothing where there are none', () => {
    for (const points of [[], [{ x: 2, y: 2 }]]) {
      const drawn = svgFile(lineChart({ ...text, ...axes, series: [{ name: 'a', points }] }))
      expect(drawn).not.toMatch(/NaN|Infinity/)
    }
  })

  test('leaves out what a logarithmic axis has no place for', () => {
    for (const ys of [[0, 1, 100], [0], [10], [-1, 0]]) {
      const points = ys.map((y, x) => ({ x, y }))
      const chart = lineChart({ ...text, ...axes, series: [{ name: 'a', points }], yLog: true, xLog: true })
      expect(svgFile(chart)).not.toMatch(/NaN|Infinity/)
    }
  })
})
