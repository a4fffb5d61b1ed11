import { cp, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openExplainer } from '../../src/app/explainer/open.ts'
import { fit } from '../../src/app/fit/fit.ts'
import { WorkFolder } from '../../src/store/work-folder.node.ts'
import { ExplainerWriter } from '../../src/store/write.node.ts'
import { temporaryDirectory, writeBundle } from '../app/bundle.ts'

/** A destination, its work folder, and how the folder is opened. */
async function place() {
  const directory = await temporaryDirectory()
  const out = join(directory, 'out')
  const path = join(directory, '.out.partial')
  return { directory, out, path, open: () => WorkFolder.open(out, out) }
}

/** What stands where, but for the lock. */
const entries = async (path: string) =>
  (await readdir(path, { recursive: true })).filter(entry => !/lock\.[^/]*$/.test(entry)).sort()

test('it is made beside the destination, and gone when it is given back', async () => {
  const { directory, path, open } = await place()
  const folder = await open()
  expect([folder.path, await readdir(directory)]).toEqual([path, ['.out.partial']])
  expect(await folder.close({ keep: true })).toBe(false)
  expect(await readdir(directory)).toEqual([])
})

test('what was extracted stays where it is to be kept, and goes where it is not', async () => {
  const { directory, path, open } = await place()
  for (const keep of [true, false]) {
    const folder = await open()
    await writeFile(join(path, 'train.journal'), 'lines')
    await writeFile(join(path, 'train.features'), 'numbers')
    await mkdir(join(folder.staging, 'train'), { recursive: true })
    expect(await folder.close({ keep })).toBe(keep)
    expect(await entries(directory)).toEqual(
      keep ? ['.out.partial', '.out.partial/train.features', '.out.partial/train.journal'] : [],
    )
  }
})

test('a journal without a line is nothing to keep', async () => {
  const { directory, path, open } = await place()
  const folder = await open()
  for (const name of ['journal', 'features', 'logits']) await writeFile(join(path, `test.${name}`), '')
  expect(await folder.close({ keep: true })).toBe(false)
  expect(await readdir(directory)).toEqual([])
})

test('what a killed run had half written is removed', async () => {
  const { path, open } = await place()
  await mkdir(join(path, 'explainer/train'), { recursive: true })
  await writeFile(join(path, 'explainer/train/features.npy'), 'half')
  await writeFile(join(path, 'train.journal'), 'lines')
  const folder = await open()
  expect(await entries(path)).toEqual(['train.journal'])
  await folder.close({ keep: false })
})

test('a second writer is refused, and takes nothing from the first', async () => {
  const { out, path, open } = await place()
  const folder = await open()
  await mkdir(folder.staging)
  await expect(ExplainerWriter.create(out, false)).rejects.toThrow(`${out}: process ${process.pid} writes it`)
  expect(await entries(path)).toEqual(['explainer'])
  await folder.close({ keep: false })
})

test('a user’s own file, link or folder of its name is refused and left as it is', async () => {
  const { directory, out, path, open } = await place()
  const mine = join(directory, 'mine')
  await mkdir(mine)
  await writeFile(path, 'mine')
  await expect(open()).rejects.toThrow(`${path}: no directory, expected what fit writes, move it away`)
  expect(await readFile(path, 'utf8')).toBe('mine')
  await rm(path)
  await symlink(mine, path)
  await expect(open()).rejects.toThrow(`${path}: no directory`)
  await rm(path)
  const file = (path: string) => writeFile(path, '')
  for (const [name, make] of [
    ['notes.txt', file],
    ['train.journal', mkdir],
    ['explainer', file],
  ] as const) {
    await mkdir(path)
    await make(join(path, name))
    await expect(fit({ features: 'x.npy', out })).rejects.toThrow(
      `${path}: ${name} in it was not written by fit, move it away`,
    )
    expect(await readdir(path)).toEqual([name])
    await rm(path, { recursive: true })
  }
})

/** An explainer at `out`, and the folder beside it in which the next one is made. */
async function explained() {
  const { directory, ...options } = await writeBundle({ n: 20, tests: 5 })
  await fit(options)
  const path = join(directory, '.explainer.partial')
  await mkdir(path)
  return { directory, options, out: options.out, path, before: join(path, 'before') }
}

test('an explainer that a killed run was about to replace is put back', async () => {
  const { directory, options, out, before } = await explained()
  await rename(out, before)
  // Without force it stands in the way again.
  await expect(fit(options)).rejects.toThrow(`${out}: an explainer already, add --force to replace it`)
  await (await openExplainer(out, { verify: true })).close()
  expect((await readdir(directory)).filter(name => name.startsWith('.'))).toEqual([])
})

test('an explainer that a killed run had replaced is removed, however far the removal had come', async () => {
  const { options, out, path, before } = await explained()
  const files = await entries(out)
  for (let removed = 0; removed <= files.length; removed++) {
    await cp(out, before, { recursive: true })
    // The manifest goes last.
    const inOrder = files.filter(file => file !== 'explainer.json').concat('explainer.json')
    for (const file of inOrder.slice(0, removed))
      await rm(join(before, file), { recursive: true, force: true })
    const folder = await WorkFolder.open(out, out)
    expect(await entries(path)).toEqual([])
    await folder.close({ keep: false })
    await mkdir(path)
  }
  await fit({ ...options, force: true })
})

test('a file that a user put into the explainer before is not removed with it', async () => {
  const { out, path, before } = await explained()
  await mkdir(join(before, 'train'), { recursive: true })
  await writeFile(join(before, 'train/notes.txt'), 'mine')
  await expect(WorkFolder.open(out, out)).rejects.toThrow(
    `${before}: files in it were not written by fit, move them away`,
  )
  expect(await entries(path)).toEqual(['before', 'before/train', 'before/train/notes.txt'])
})
