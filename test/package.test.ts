import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { VERSION } from '../src/version.ts'

test('the version that explainers record is the package’s, and the changelog has it', async () => {
  const read = (name: string) => readFile(join(import.meta.dirname, '..', name), 'utf8')
  expect(JSON.parse(await read('package.json')).version).toBe(VERSION)
  expect(await read('CHANGELOG.md')).toContain(`\n## ${VERSION}\n`)
})
