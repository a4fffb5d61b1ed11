import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fit } from '../../src/app/fit/fit.ts'
import { findDestination, removeExplainer } from '../../src/store/destination.node.ts'
import { writeBundle } from '../app/bundle.ts'

async function written() {
  const { directory, ...bundle } = await writeBundle({ n: 20, tests: 5 })
  await fit(bundle)
  return { ...bundle, directory }
}

test.each(['', '.', '..', '/'])('%j is refused, with force too', async directory => {
  for (const force of [false, true]) {
    await expect(findDestination(directory, force)).rejects.toThrow(
      /^(out: empty|.*: the working directory is in it)/,
    )
  }
})

test('what stands there is told apart', async () => {
  const { out, directory } = await written()
  const empty = join(directory, 'empty')
  await mkdir(empty)
  expect(await findDestination(join(directory, 'new'), false)).toMatchObject({ holds: 'nothing' })
  expect(await findDestination(empty, false)).toMatchObject({ holds: 'empty directory' })
  expect(await findDestination(out, true)).toMatchObject({ holds: 'explainer' })
  await writeFile(join(empty, 'file'), '')
  await expect(findDestination(join(empty, 'file'), true)).rejects.toThrow(
    'a file, expected a directory to write',
  )
  await expect(findDestination(join(empty, 'file', 'below'), false)).rejects.toThrow(
    'below a file, expected directories',
  )
})

test('an explainer of another version is replaced, and one whose files cannot be told is not', async () => {
  const { out, directory: _, ...bundle } = await written()
  const path = join(out, 'explainer.json')
  const { files } = JSON.parse(await readFile(path, 'utf8'))
  await writeFile(path, JSON.stringify({ formatVersion: 7, files }))
  await fit({ ...bundle, out, force: true })
  expect(JSON.parse(await readFile(path, 'utf8')).formatVersion).toBe(1)
  await writeFile(path, '{}')
  await expect(fit({ ...bundle, out, force: true })).rejects.toThrow(
    `${path}: lists no files, so what fit wrote cannot be told, move the explainer away`,
  )
})

test('a link is followed, and stays a link', async () => {
  const { directory, ...bundle } = await written()
  const link = join(directory, 'link')
  await symlink(bundle.out, link)
  await fit({ ...bundle, out: link, lambda: 1, force: true })
  expect(JSON.parse(await readFile(join(bundle.out, 'explainer.json'), 'utf8')).lambda).toBe(1)
  const broken = join(directory, 'broken')
  await symlink(join(directory, 'nowhere'), broken)
  await expect(findDestination(broken, true)).rejects.toThrow(
    `${broken}: a link that leads nowhere, choose another --out`,
  )
})

test('removing an explainer removes its own files alone', async () => {
  const { out } = await written()
  await writeFile(join(out, 'train/notes.txt'), 'mine')
  await expect(removeExplainer(out)).rejects.toThrow()
  expect(await readdir(out, { recursive: true })).toEqual(['train', 'train/notes.txt'])
})

test('an empty directory is filled, and no other place is touched', async () => {
  const { directory, ...bundle } = await writeBundle({ n: 20, tests: 5 })
  await mkdir(bundle.out)
  const before = await readdir(directory)
  await fit(bundle)
  expect(await readdir(directory)).toEqual(before)
  expect(await readdir(bundle.out)).toContain('explainer.json')
})
