import type { Plugin } from 'vite'
import { CHART_STYLE } from '../src/views/chart/style.ts'
import { paletteRule } from '../src/views/palette.ts'

const SHEETS: Readonly<Record<string, () => string>> = {
  'virtual:palette.css': () => `@layer tokens {\n${paletteRule()}\n}\n`,
  'virtual:charts.css': () => `@layer components {\n${CHART_STYLE}\n}\n`,
}

/** Gives the application the colours and the charts of the pages, as style sheets that it imports by their names. */
export const pageStyles = (): Plugin => ({
  name: 'page-styles',
  resolveId: id => (id in SHEETS ? `\0${id}` : null),
  load: id => SHEETS[id.slice(1)]?.() ?? null,
})
