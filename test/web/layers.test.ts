import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { expect, test } from 'vitest'

const web = new URL('../../web/src/', import.meta.url)
const files = (readdirSync(web, { recursive: true }) as string[])
  .map(file => file.replaceAll('\\', '/'))
  .filter(file => /\.tsx?$/.test(file))

/** What a file imports of src: whether types alone, and the path within src. */
const importsOf = (file: string) =>
  [
    ...readFileSync(new URL(file, web), 'utf8').matchAll(
      /^\s*(?:import|export)\b(?<what>[^'"`;]*?)\bfrom\s*'(?<module>\.[^']+)'/gm,
    ),
  ].flatMap(({ groups = {} }) => {
    const target = posix.join('web/src', posix.dirname(file), groups.module)
    return target.startsWith('src/') ? [{ file, target, types: /^\s*type\b/.test(groups.what) }] : []
  })

/** What a report without a server does itself; these import nothing but types. */
const ALSO = ['src/app/review/decisions.ts', 'src/app/review/pandas-lines.ts', 'src/formats/csv.ts']

test('the web application imports the server’s types, the views and what a report does itself, and nothing else of src', () => {
  const imports = files.flatMap(importsOf)
  expect(imports.length).toBeGreaterThan(10)
  const trespassing = imports.filter(
    ({ target, types }) =>
      !target.startsWith('src/views/') &&
      !ALSO.includes(target) &&
      !(types && target === 'src/server/wire.ts'),
  )
  expect(trespassing).toEqual([])
})
