/** Of series, in order, on light and on dark: far enough apart for colour-blind eyes (after Okabe and Ito 2008). */
const SERIES = [
  ['#1463a5', '#6db3f2'],
  ['#b34e00', '#f59b4c'],
  ['#00795a', '#35c79b'],
  ['#8f3f7d', '#d992c6'],
  ['#4a5260', '#b6bec9'],
  ['#8a6d00', '#e3c53c'],
  ['#2c7fb0', '#8fd0f5'],
  ['#a11d33', '#f28a98'],
] as const

/** The rules of charts, which take the colours of the palette. */
export const CHART_STYLE = `
.chart { min-width: 0; margin: 0; }
.chart figcaption { margin-bottom: 0.5rem; font-weight: 600; }
.chart-drawing { display: block; width: 100%; height: auto; font-family: system-ui, sans-serif; }
.chart-drawing line { stroke: var(--line); vector-effect: non-scaling-stroke; }
.chart-drawing text { fill: var(--soft); font-size: 10.5px; }
.chart-drawing .chart-power { font-size: 8px; }
.chart-drawing .chart-name { fill: var(--ink); }
.chart-drawing .chart-guide { stroke: var(--soft); stroke-dasharray: 3 3; }
.chart-points { fill: none; stroke: var(--series, var(--excitatory)); stroke-linecap: round; stroke-width: 3; opacity: 0.45; }
.chart-column { fill: var(--excitatory); }
.chart-drawing .chart-whisker { stroke: var(--ink); stroke-width: 1.5; }
.chart-drawing .chart-line { fill: none; stroke: var(--series); stroke-linejoin: round; stroke-width: 1.75; }
.chart-band { fill: var(--series); opacity: 0.15; }
${SERIES.map(([light, dark], i) => `.chart-${i} { --series: light-dark(${light}, ${dark}); }`).join('\n')}
`
