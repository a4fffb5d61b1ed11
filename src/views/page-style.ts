import { CHART_STYLE } from './chart/style.ts'
import { paletteRule } from './palette.ts'

/** The style sheet of every page. Beside a colour, the sign and the side of zero say the same. */
export const STYLE = `
${paletteRule()}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: 2.5rem 1.5rem 4rem; }
h1, h2, h3 { line-height: 1.25; font-weight: 600; margin: 0; text-wrap: balance; overflow-wrap: anywhere; }
h1 { font-size: 1.85rem; letter-spacing: -0.01em; }
h2 { font-size: 1.35rem; margin-top: 3rem; }
h3 { font-size: 1.1rem; margin-top: 2rem; }
h2 + *, h3 + * { margin-top: 0.75rem; }
p { margin: 0.75rem 0; max-width: 46rem; }
small, .muted, .note, caption, dt { color: var(--soft); font-size: 0.85rem; font-weight: 400; }
.lead { font-size: 1.05rem; color: var(--soft); }
.number, .value, .factors, .suspicion, .rank { font-variant-numeric: tabular-nums; white-space: nowrap; }
.id { overflow-wrap: anywhere; unicode-bidi: isolate; }
.excitatory { color: var(--excitatory); fill: var(--excitatory); }
.inhibitory { color: var(--inhibitory); fill: var(--inhibitory); }
.total { fill: var(--total); }
.track { fill: var(--track); }
.wrong { font-size: 0.75rem; font-weight: 600; border: 1px solid currentColor; border-radius: 3px;
  padding: 0 0.35em; margin-inline-start: 0.25em; }

.facts { display: flex; flex-wrap: wrap; gap: 0.75rem 2rem; margin: 0.75rem 0; }
.facts dd { margin: 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }

.box { display: grid; place-items: center; flex: none; overflow: hidden; background: var(--card); border-radius: 4px; }
.box img { display: block; }
.pixelated { image-rendering: pixelated; }
.box-64 { width: 64px; height: 64px; }
.box-96 { width: 96px; height: 96px; }
.box-128 { width: 128px; height: 128px; }
.tile { border: 1px solid var(--line); padding: 4px; text-align: center; line-height: 1.15; font-weight: 600; }
.tile span { overflow: hidden; max-height: 100%; max-width: 100%; overflow-wrap: anywhere; }
/* Bold letters are up to 0.75 em wide on average, so that the longest word fits its tile whole as far as one can read it then. */
.tile { font-size: clamp(0.55rem, var(--inside) / 0.75 / var(--longest), var(--largest)); }
.box-64.tile { --inside: 54px; --largest: 0.9rem; }
.box-96.tile { --inside: 86px; --largest: 1.1rem; }
.box-128.tile { --inside: 118px; --largest: 1.4rem; }

.explanation { border-top: 1px solid var(--line); margin-top: 2.5rem; padding-top: 2rem; }
.explanation > header { display: flex; gap: 1.25rem; align-items: center; }
.explanation > header h2 { margin: 0; }
.column-head { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: 0 1rem;
  margin: 1.5rem 0 0.5rem; padding-bottom: 0.35rem; border-bottom: 1px solid var(--line); }
.column-head > * { margin: 0; }
.columns { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0 3rem; }
ol { list-style-type: ""; margin: 0; padding: 0; }
figure { margin: 0; }
.contribution { display: flex; gap: 0.9rem; align-items: center; padding: 0.45rem 0; }
.contribution figcaption { flex: 1; min-width: 0; display: grid; grid-template-columns: minmax(0, 1fr) auto;
  gap: 0.15rem 0.75rem; align-items: baseline; }
.name, .value { font-weight: 600; }
.value, .factors { text-align: end; }
.differs { font-size: 0.85rem; font-weight: 400; color: var(--soft); }
.bar { display: block; width: 100%; height: 10px; overflow: visible; }
.contribution .bar { grid-column: 1 / -1; height: 8px; }
.zero { stroke: var(--ink); stroke-width: 1; vector-effect: non-scaling-stroke; }
.contribution .id { font-size: 0.8rem; color: var(--soft); white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.factors { font-size: 0.8rem; color: var(--soft); }

table { border-collapse: collapse; width: 100%; }
caption { text-align: start; padding-bottom: 0.4rem; }
th, td { text-align: start; padding: 0.3rem 0.75rem 0.3rem 0; font-weight: 400; vertical-align: middle; }
th:last-child, td:last-child { padding-inline-end: 0; }
thead th { font-size: 0.8rem; color: var(--soft); border-bottom: 1px solid var(--line); }
/* Scrolls by itself where a table is wider than the page. */
.wide { overflow-x: auto; }
.class-sums th { overflow-wrap: anywhere; }
tfoot tr:first-child > * { border-top: 1px solid var(--line); }
tfoot th, tfoot .number, .explained th, .explained .number { font-weight: 600; }
.number { text-align: end; }
dd.number { text-align: start; }
.class-sums { max-width: 46rem; }
.class-sums td:nth-child(2) { width: 60%; }
.axis span { display: flex; justify-content: space-between; gap: 0.5rem; white-space: nowrap; }

.suspects { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(12rem, 100%), 1fr)); gap: 1rem; margin-top: 1.5rem; }
.suspect { position: relative; height: 100%; padding: 1rem 0.75rem 0.75rem; background: var(--card); border-radius: 6px; }
.suspect .box { margin: 0 auto 0.6rem; }
.suspect figcaption { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.1rem; text-align: center;
  font-size: 0.85rem; overflow-wrap: anywhere; }
.rank { position: absolute; top: 0.5rem; left: 0.6rem; font-size: 0.8rem; color: var(--soft); }
.change { font-size: 1rem; font-weight: 600; }
.change del, .change ins { text-decoration: none; }
.change del { font-weight: 400; color: var(--soft); }
.suspect .id, .agrees { font-size: 0.8rem; color: var(--soft); }
.speakers { margin-top: 0.3rem; text-align: start; font-size: 0.75rem; line-height: 1.35; color: var(--soft); }
.speaker { display: block; margin-top: 0.15rem; padding-inline-start: 0.75em; text-indent: -0.75em; }
/* Begins a line of its own where it does not fit into what is left of one. */
.speaker .id { display: inline-block; max-width: 100%; font-size: inherit; text-indent: 0; }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

${CHART_STYLE}
@media screen and (max-width: 44rem) {
  main { padding: 1.5rem 1rem 3rem; }
  h1 { font-size: 1.5rem; }
  .columns { grid-template-columns: minmax(0, 1fr); }
  .explanation > header { align-items: flex-start; }
  .facts { gap: 0.5rem 1.25rem; }
}
@media screen and (max-width: 30rem) {
  .explanation > header { flex-direction: column; }
  .suspects { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0.75rem; }
  .class-sums td:nth-child(2) { width: 50%; }
}
@media print {
  :root { color-scheme: light; }
  body { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  .contribution, .suspect, tr, .explanation > header { break-inside: avoid; }
  h1, h2, h3, caption { break-after: avoid; }
  * { print-color-adjust: exact; }
}
`
