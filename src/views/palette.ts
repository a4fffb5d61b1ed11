/**
 * Colours by what they are for, on light and on dark: of the pages, and of the web application, which its build gives
 * them. Blue raises and orange lowers, which stay apart for colour-blind eyes.
 */
export const PALETTE = {
  paper: ['#ffffff', '#16181c'],
  card: ['#f6f7f8', '#1e2126'],
  ink: ['#1a1d21', '#e8eaed'],
  soft: ['#5b6470', '#a2abb7'],
  line: ['#dde1e6', '#343a42'],
  track: ['#eceff2', '#2a2f36'],
  excitatory: ['#1463a5', '#6db3f2'],
  inhibitory: ['#b34e00', '#f59b4c'],
  total: ['#4a5260', '#b6bec9'],
} as const

/** The same as CSS: a custom property for each, which follows the colour scheme. */
export const paletteRule = (): string =>
  [
    ':root {',
    '  color-scheme: light dark;',
    ...Object.entries(PALETTE).map(([name, [light, dark]]) => `  --${name}: light-dark(${light}, ${dark});`),
    '}',
  ].join('\n')
