import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { expectFolder, writeFolder } from '../../src/store/write-folder.node.ts'
import { temporaryDirectory } from '../app/bundle.ts'

const kind = (force = false) => ({
  verb: 'report',
  what: 'folder of words',
  isOwn: (path: string) => /^(a|sub\/b)$/.test(path),
  force,
})

const fill = (text: string) => async (folder: string) => {
  await mkdir(join(folder, 'sub'))
  await writeFile(join(folder, 'a'), text)
  await writeFile(join(folder, 'sub/b'), text)
}

async function filesOf(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).sort()
}

test('a folder is there when it is whole, and nothing beside it', async () => {
  const directory = await temporaryDirectory()
  const out = join(directory, 'deep/out')
  await writeFolder(out, kind(), async folder => {
    await fill('one')(folder)
    expect(await readdir(join(directory, 'deep'))).not.toContain('out')
  })
  expect(await filesOf(directory)).toEqual([
    'deep',
    'deep/out',
    'deep/out/a',
    'deep/out/sub',
    'deep/out/sub/b',
  ])
})

test('one that cannot be filled leaves what was there', async () => {
  const out = join(await temporaryDirectory(), 'out')
  await writeFolder(out, kind(), fill('one'))
  const failing = writeFolder(out, kind(true), async folder => {
    await writeFile(join(folder, 'a'), 'two')
    throw new Error('stop')
  })
  await expect(failing).rejects.toThrow('stop')
  expect(await readFile(join(out, 'a'), 'utf8')).toBe('one')
  expect(await filesOf(join(out, '..'))).toEqual(['out', 'out/a', 'out/sub', 'out/sub/b'])
})

test('with force one of its kind is replaced, without it is not', async () => {
  const out = join(await temporaryDirectory(), 'out')
  await writeFolder(out, kind(), fill('one'))
  for (const write of [() => writeFolder(out, kind(), fill('two')), () => expectFolder(out, kind())]) {
    await expect(write()).rejects.toThrow(
      `${out}: a folder of words already, add --force to replace it or choose another --out`,
    )
  }
  await expectFolder(out, kind(true))
  await writeFolder(out, kind(true), fill('two'))
  expect(await readFile(join(out, 'sub/b'), 'utf8')).toBe('two')
  expect(await filesOf(join(out, '..'))).toEqual(['out', 'out/a', 'out/sub', 'out/sub/b'])
})

test('a folder with a file of somebody else is never replaced, nor is a file', async () => {
  const directory = await temporaryDirectory()
  const out = join(directory, 'out')
  await writeFolder(out, kind(), fill('one'))
  await writeFile(join(out, 'sub/notes.txt'), 'mine')
  await expect(writeFolder(out, kind(true), fill('two'))).rejects.toThrow(
    `${out}: sub/notes.txt in it is of no folder of words, choose another --out`,
  )
  expect(await readFile(join(out, 'sub/notes.txt'), 'utf8')).toBe('mine')
  const file = join(directory, 'file')
  await writeFile(file, '')
  await expect(writeFolder(file, kind(true), fill('two'))).rejects.toThrow('a file, expected a directory')
})

test('what is put there while it is filled is not replaced', async () => {
  const out = join(await temporaryDirectory(), 'out')
  const racing = writeFolder(out, kind(), async folder => {
    await fill('one')(folder)
    await mkdir(out)
    await writeFile(join(out, 'mine'), 'mine')
  })
  await expect(racing).rejects.toThrow('mine in it is of no folder of words')
  expect(await filesOf(out)).toEqual(['mine'])
})

/** Fills a folder in a process of its own, which is killed in the midst of that. */
async function killedWriting(out: string): Promise<void> {
  const module = new URL('../../dist/store/write-folder.node.js', import.meta.url)
  const program = `import { writeFileSync } from 'node:fs'
const { writeFolder } = await import(${JSON.stringify(module.href)})
const kind = { verb: 'report', what: 'folder of words', isOwn: () => true, force: true }
await writeFolder(${JSON.stringify(out)}, kind, async folder => {
  writeFileSync(folder + '/a', 'half')
  process.kill(process.pid, 'SIGKILL')
  await new Promise(() => {})
})`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' })
  const [, signal] = await once(child, 'exit')
  expect(signal).toBe('SIGKILL')
}

test('what a killed process left is cleared away by the next one', async () => {
  const directory = await temporaryDirectory()
  const out = join(directory, 'out')
  await killedWriting(out)
  expect(await filesOf(directory)).toEqual(
    expect.arrayContaining(['.out.report.partial', '.out.report.partial/whole/a']),
  )
  await writeFolder(out, kind(), fill('one'))
  expect(await filesOf(directory)).toEqual(['out', 'out/a', 'out/sub', 'out/sub/b'])
})

test('a folder that a killed process was about to replace goes back, and is not replaced without force', async () => {
  const directory = await temporaryDirectory()
  const out = join(directory, 'out')
  await writeFolder(out, kind(), fill('one'))
  await mkdir(join(directory, '.out.report.partial'))
  await rename(out, join(directory, '.out.report.partial/before'))
  await expect(writeFolder(out, kind(), fill('two'))).rejects.toThrow('a folder of words already')
  expect(await readFile(join(out, 'a'), 'utf8')).toBe('one')
  expect(await filesOf(directory)).toEqual(['out', 'out/a', 'out/sub', 'out/sub/b'])
})

test('two do not write one folder at a time, and what is of nobody that writes there stays', async () => {
  const directory = await temporaryDirectory()
  const out = join(directory, 'out')
  await writeFolder(out, kind(), async folder => {
    await fill('one')(folder)
    await expect(writeFolder(out, kind(), fill('two'))).rejects.toThrow(
      `out: process ${process.pid} writes it, wait until it ends or choose another --out; if it is no report, remove`,
    )
  })
  expect(await readFile(join(out, 'a'), 'utf8')).toBe('one')
  await mkdir(join(directory, '.out.report.partial'))
  await writeFile(join(directory, '.out.report.partial/mine'), 'mine')
  await expect(writeFolder(out, kind(true), fill('two'))).rejects.toThrow(
    'mine in it was not written by report, move it away',
  )
})

test('no folder is made of no name, nor of the one that the program is in', async () => {
  for (const [out, found] of [
    ['', 'out: empty, expected'],
    ['.', '.: the working directory is in it, choose'],
    ['..', '..: the working directory is in it, choose'],
  ]) {
    await expect(writeFolder(out, kind(true), () => expect.unreachable())).rejects.toThrow(found)
  }
})
