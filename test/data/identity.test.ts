import { mkdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { identify } from '../../src/data/identity.node.ts'
import type { Source } from '../../src/data/source.ts'
import { temporaryDirectory } from '../app/bundle.ts'

/** Files as each kind of data stands in them, and one of these files. */
async function written(kind: Source['kind']) {
  const root = await temporaryDirectory()
  await mkdir(join(root, 'cat'))
  for (const name of ['a', 'b', 'c']) await writeFile(join(root, 'cat', name), name)
  const file = join(root, 'cat/b')
  const data: { readonly [K in Source['kind']]: readonly [Source, readonly string[] | null] } = {
    array: [{ kind: 'array', path: file, shape: [3, 2] }, null],
    table: [{ kind: 'table', path: file, columns: ['x'], label: null, id: null }, null],
    folder: [{ kind: 'folder', path: root }, ['cat/a', 'cat/b', 'cat/c']],
    webdataset: [{ kind: 'webdataset', path: join(root, 'cat') }, ['a#0.jpg', 'b#0.jpg', 'b#1#.jpg']],
    parquet: [{ kind: 'parquet', path: join(root, 'cat'), column: 'image' }, ['a#0', 'a#1', 'b#0', 'b#1']],
  }
  const [source, paths] = data[kind]
  return { root, file, source, paths, identity: () => identify(source, paths) }
}

const KINDS = ['array', 'table', 'folder', 'webdataset', 'parquet'] as const

test.each(KINDS)('%s: the same while no file changes, another after any change of one', async kind => {
  const { file, identity } = await written(kind)
  const seen = [await identity()]
  expect(await identity()).toBe(seen[0])
  expect(seen[0]).toMatch(/^[0-9a-f]{64}$/)
  const changes = [
    () => writeFile(file, 'longer'),
    async () => {
      // Of the same size, a thousandth of a second later.
      const { atimeMs, mtimeMs } = await stat(file)
      await utimes(file, atimeMs / 1000, (mtimeMs + 1) / 1000)
    },
    () => rm(file),
  ]
  for (const change of changes) {
    await change()
    const now = await identity()
    expect(seen).not.toContain(now)
    seen.push(now)
  }
})

test('other examples, another order, or another place of the same ones is another', async () => {
  const { root, source, paths, identity } = await written('folder')
  const [a, b, c] = paths ?? []
  const found = [
    await identity(),
    await identify(source, [a, b]),
    await identify(source, [a, c, b]),
    await identify({ ...source, path: `${root}/.` }, paths),
  ]
  expect(new Set(found).size).toBe(found.length)
  await rename(join(root, a), join(root, 'cat/d'))
  expect(await identify(source, ['cat/d', b, c])).not.toBe(found[0])
})
