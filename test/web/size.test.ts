import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'

const web = new URL('../../dist/web/', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, web), 'utf8')

/** The scripts that a browser loads before the first screen is there: those of the page, and what they import. */
function initialScripts(): string[] {
  const scripts = new Set<string>()
  const visit = (path: string): void => {
    if (scripts.has(path)) return
    scripts.add(path)
    for (const [, imported] of read(path).matchAll(/(?:\bfrom|\bimport)\s*["'`]\.\/([\w.-]+\.js)["'`]/g)) {
      visit(`assets/${imported}`)
    }
  }
  for (const [, path] of read('index.html').matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)) visit(path)
  return [...scripts]
}

test('the scripts of the first screen are under 200 kB, compressed', () => {
  const scripts = initialScripts()
  expect(scripts.length).toBeGreaterThan(0)
  const bytes = scripts.reduce((sum, path) => sum + gzipSync(read(path)).length, 0)
  // The framework alone is more than this: the scripts were found.
  expect(bytes).toBeGreaterThan(60_000)
  expect(bytes).toBeLessThan(200_000)
})

test('the screens of a report are one script without imports, which a page from disk may load', () => {
  const report = readFileSync(new URL('../web-report/report.js', web), 'utf8')
  expect(report).not.toMatch(/\bimport\s*[({"'`]/)
  expect(report).not.toMatch(/^export\b/m)
})
