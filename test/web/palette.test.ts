import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { STYLE } from '../../src/views/page-style.ts'
import { PALETTE } from '../../src/views/palette.ts'

/** All style sheets of a built folder. */
const sheetsOf = (folder: string): string => {
  const url = new URL(`../../dist/${folder}/`, import.meta.url)
  const files = (readdirSync(url, { recursive: true }) as string[]).filter(file => file.endsWith('.css'))
  return files.map(file => readFileSync(new URL(file, url), 'utf8')).join('\n')
}

test.each([
  ['pages', STYLE],
  ['the application', sheetsOf('web')],
  ['a report', sheetsOf('web-report')],
])('%s have each colour of the palette, for both colour schemes', (_, css) => {
  for (const name of Object.keys(PALETTE)) expect(css.match(new RegExp(`--${name}:`, 'g'))).toHaveLength(1)
  expect(css).toContain('#16181c')
  expect(css).toContain('#1463a5')
})
