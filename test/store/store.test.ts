import { cp, mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { openExplainer } from '../../src/app/explainer/open.ts'
import { fit } from '../../src/app/fit/fit.ts'
import { writeComputed, writeFileWhole } from '../../src/store/write.node.ts'
import { type Bundle, temporaryDirectory, writeBundle } from '../app/bundle.ts'

/** Makes the disk full: the writes that follow fail as the operating system lets them fail. */
const disk = vi.hoisted(() => ({ writesLeft: Number.POSITIVE_INFINITY, code: 'ENOSPC' }))

vi.mock('node:fs/promises', async importOriginal => {
  const original = await importOriginal<typeof import('node:fs/promises')>()
  const fail = () => Object.assign(new Error(`${disk.code}: write`), { code: disk.code })
  return {
    ...original,
    open: async (path: string, flags: string) => {
      const handle = await original.open(path, flags)
      if (flags !== 'wx') return handle
      return new Proxy(handle, {
        get(target, name) {
          const value = Reflect.get(target, name)
          if (typeof value !== 'function') return value
          return async (...given: unknown[]) => {
            if ((name === 'write' || name === 'writeFile') && disk.writesLeft-- <= 0) throw fail()
            return value.apply(target, given)
          }
        },
      })
    },
  }
})

afterEach(() => {
  disk.writesLeft = Number.POSITIVE_INFINITY
})

const optionsOf = ({ directory: _, ...options }: Bundle) => options

/** How many writes a whole explainer takes. */
async function writesOf(bundle: Bundle): Promise<number> {
  disk.writesLeft = 1e6
  await fit(optionsOf(bundle))
  return 1e6 - disk.writesLeft
}

test('whichever write the disk fails at, the explainer before stays and nothing else is left', async () => {
  const bundle = await writeBundle({ n: 20, tests: 5 })
  const writes = await writesOf(bundle)
  expect(writes).toBeGreaterThan(20)
  const names = await readdir(bundle.directory)
  const before = await readFile(join(bundle.out, 'explainer.json'), 'utf8')
  for (let at = 0; at < writes; at += 3) {
    disk.writesLeft = at
    await expect(fit({ ...optionsOf(bundle), lambda: 1, force: true })).rejects.toThrow(
      `${bundle.out}: no space left on the disk, free some or choose another place`,
    )
    expect(await readdir(bundle.directory)).toEqual(names)
    expect(await readFile(join(bundle.out, 'explainer.json'), 'utf8')).toBe(before)
  }
  await openExplainer(bundle.out, { verify: true })
})

test('the same command writes the same bytes', async () => {
  const bundle = await writeBundle({ n: 50, tests: 10 })
  const files = async () => {
    const { files, ...manifest } = JSON.parse(await readFile(join(bundle.out, 'explainer.json'), 'utf8'))
    return { files, manifest: { ...manifest, seconds: null } }
  }
  await fit(optionsOf(bundle))
  const first = await files()
  await fit({ ...optionsOf(bundle), force: true })
  expect(await files()).toEqual(first)
})

test('a changed file is found: its size always, its bytes with verify', async () => {
  const { out, ...options } = optionsOf(await writeBundle({ n: 20, tests: 5 }))
  await fit({ out, ...options })
  const { files } = JSON.parse(await readFile(join(out, 'explainer.json'), 'utf8'))
  expect(Object.keys(files).length).toBeGreaterThan(15)
  for (const path of Object.keys(files)) {
    const copy = join(await temporaryDirectory(), 'copy')
    await cp(out, copy, { recursive: true })
    const content = await readFile(join(copy, path))
    content[content.length - 1] ^= 1
    await writeFile(join(copy, path), content)
    await expect(openExplainer(copy, { verify: true })).rejects.toThrow(
      `${join(copy, path)}: its checksum is not the one recorded, the file was changed or cut off, run fit again`,
    )
    await truncate(join(copy, path), content.length - 1)
    await expect(openExplainer(copy)).rejects.toThrow(
      `${join(copy, path)}: ${content.length - 1} bytes, expected ${content.length}, the file was changed or cut off, run fit again`,
    )
  }
})

test.each([
  ['no manifest', null, /: no explainer\.json in it, expected a directory that fit wrote, check the path$/],
  ['no JSON', '{"formatVersion": 1', /explainer\.json: no JSON, expected an explainer, run fit again$/],
  [
    'a version of the future',
    '{"formatVersion": 2}',
    /explainer\.json: format version 2, expected 1, use the program that made it or run fit again$/,
  ],
  [
    'another document',
    '{"formatVersion": 1, "n": "many"}',
    /explainer\.json: madeBy: .*, expected an explainer, run fit again$/,
  ],
])('%s: refused in one sentence', async (_, manifest, message) => {
  const directory = join(await temporaryDirectory(), 'explainer')
  await mkdir(directory)
  if (manifest !== null) await writeFile(join(directory, 'explainer.json'), manifest)
  await expect(openExplainer(directory)).rejects.toThrow(message)
})

test('a file is written whole or not at all', async () => {
  const directory = await temporaryDirectory()
  const path = join(directory, 'page.html')
  await writeFileWhole(path, 'first')
  disk.writesLeft = 0
  await expect(writeFileWhole(path, 'second')).rejects.toThrow(`${path}: no space left on the disk`)
  expect(await readFile(path, 'utf8')).toBe('first')
  expect(await readdir(directory)).toEqual(['page.html'])
  await expect(writeFileWhole(join(directory, 'none/page.html'), '')).rejects.toThrow(
    /no directory .*none, make it first/,
  )
})

test('a file that is written in parts is whole or not there, wherever its making or its writing stops', async () => {
  const directory = await temporaryDirectory()
  const path = join(directory, 'lines.jsonl')
  const lines = ['{"a": 1}\n', '', '{"a": 2}\n', '{"a": 3}\n']
  async function* parts(most = lines.length) {
    for (const line of lines.slice(0, most)) yield line
    if (most < lines.length) throw new Error(`stopped after ${most}`)
  }
  for (let at = 0; at < lines.length; at++) {
    await expect(writeFileWhole(path, parts(at))).rejects.toThrow(`stopped after ${at}`)
    disk.writesLeft = at
    await expect(writeFileWhole(path, parts())).rejects.toThrow(`${path}: no space left on the disk`)
    disk.writesLeft = Number.POSITIVE_INFINITY
    expect(await readdir(directory)).toEqual([])
  }
  await writeFileWhole(path, parts())
  expect(await readFile(path, 'utf8')).toBe(lines.join(''))
  expect(await readdir(directory)).toEqual(['lines.jsonl'])
})

test('a file that must not be replaced is not, even where it came while the new one was made', async () => {
  const directory = await temporaryDirectory()
  const path = join(directory, 'lines.jsonl')
  const message = `${path}: a file already, add --force to replace it or choose another name`
  async function* parts() {
    yield 'new'
    await writeFile(path, 'theirs')
  }
  await expect(writeFileWhole(path, parts(), { replace: false })).rejects.toThrow(message)
  await expect(writeFileWhole(path, 'new', { replace: false })).rejects.toThrow(message)
  expect(await readFile(path, 'utf8')).toBe('theirs')
  expect(await readdir(directory)).toEqual(['lines.jsonl'])
})

test('what is computed of an explainer that is gone does not bring its directory back', async () => {
  const directory = await temporaryDirectory()
  const gone = join(directory, 'explainer')
  await expect(writeComputed(gone, 'suspicions/loss.parquet', new Uint8Array(3))).rejects.toThrow(
    `no directory ${gone}`,
  )
  expect(await readdir(directory)).toEqual([])
  await mkdir(gone)
  await writeComputed(gone, 'suspicions/loss.parquet', new Uint8Array(3))
  expect(await readFile(join(gone, 'suspicions/loss.parquet'))).toHaveLength(3)
})
