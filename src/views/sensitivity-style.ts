/** What pages of maps have beside the style of every page. */
export const SENSITIVITY_STYLE = `
main { max-width: 78rem; }
.scale { display: flex; flex-wrap: wrap; gap: 0.5rem 0.75rem; align-items: center; margin: 1.25rem 0; }
.scale small { flex: 1 1 20rem; max-width: 34rem; }
.ramp { width: 20rem; }
.ramp > span:first-child { display: block; height: 0.8rem; border-radius: 3px; }
.ticks { display: flex; justify-content: space-between; font-size: 0.8rem; color: var(--soft); }
.ticks span { flex: 1 1 0; text-align: center; }
.ticks span:first-child { flex-grow: 0.5; text-align: start; }
.ticks span:last-child { flex-grow: 0.5; text-align: end; }
.maps { display: flex; flex-wrap: wrap; gap: 1.25rem; margin: 1.25rem 0; }
.map { width: 128px; }
.map.text { width: 100%; }
.map figcaption { margin-top: 0.4rem; overflow-wrap: anywhere; line-height: 1.3; }
.part { display: flex; flex-wrap: wrap; gap: 0.5rem 0.75rem; align-items: center; padding: 0.45rem 0; }
.part figcaption { flex: 1 1 7rem; min-width: 0; display: grid; grid-template-columns: minmax(0, 1fr) auto;
  gap: 0.15rem 0.75rem; align-items: baseline; }
.part .share, .part .id { grid-column: 1 / -1; font-size: 0.8rem; color: var(--soft); }
.part .of { flex: 1 0 100%; }
.part .tokens { flex: 1 0 100%; margin: 0; }
.tokens { line-height: 1.9; max-width: none; overflow-wrap: anywhere; }
.tokens span { padding: 0.15em 0.2em; border-radius: 3px; }
`
