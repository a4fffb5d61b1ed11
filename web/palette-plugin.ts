import type { Plugin } from 'vite'
import { paletteRule } from '../src/views/palette.ts'

const NAME = 'virtual:palette.css'
const RESOLVED = `\0${NAME}`

/** Gives the application the colours of the pages, as a style sheet that it imports as `virtual:palette.css`. */
export const palette = (): Plugin => ({
  name: 'palette',
  resolveId: id => (id === NAME ? RESOLVED : null),
  load: id => (id === RESOLVED ? `@layer tokens {\n${paletteRule()}\n}\n` : null),
})
