import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { STYLE } from '../../src/views/page-style.ts'

const propertiesOf = (css: string): Map<string, string> =>
  new Map(
    [...css.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name, value.replace(/\s+/g, ' ')]),
  )

test('the application has the colours of the pages', () => {
  const pages = propertiesOf(STYLE)
  const application = propertiesOf(
    readFileSync(new URL('../../web/src/styles/tokens.css', import.meta.url), 'utf8'),
  )
  expect(pages.size).toBeGreaterThan(5)
  for (const [name, value] of pages) expect([name, application.get(name)]).toEqual([name, value])
})
