import { mkdir, rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { openPictures } from '../../src/data/shown-pictures.node.ts'
import type { Source } from '../../src/data/source.ts'
import { encodeNpy } from '../../src/formats/npy.ts'
import { encodeParquet } from '../../src/formats/parquet-write.ts'
import { temporaryDirectory } from '../app/bundle.ts'

/** A folder with pictures of every kind of source, and a secret beside it. */
async function pictures() {
  const directory = await temporaryDirectory()
  const data = join(directory, 'data')
  await mkdir(join(data, 'a'), { recursive: true })
  const png = await sharp({ create: { width: 4, height: 4, channels: 3, background: 'teal' } })
    .png()
    .toBuffer()
  const secret = join(directory, 'secret')
  await mkdir(secret)
  await writeFile(join(secret, '0.png'), png)
  await writeFile(join(data, 'a', '0.png'), png)
  const array = { dtype: 'uint8', shape: [1, 2, 2], data: new Uint8Array(4) } as const
  await writeFile(join(data, 'x.npy'), encodeNpy(array))
  const table = encodeParquet([{ name: 'image', type: 'string', values: ['a/0.png', 'link/0.png'] }])
  await writeFile(join(data, 't.parquet'), table)
  await symlink(secret, join(data, 'link'))
  return { directory, data, secret }
}

const strict = { followLinks: false }

describe('pictures that a stranger names', () => {
  test('are read where a root has them, of every kind of source', async () => {
    const { directory, data, secret } = await pictures()
    const sources: readonly [Source, readonly string[] | null][] = [
      [{ kind: 'array', path: join(data, 'x.npy'), shape: [1, 2, 2] }, null],
      [{ kind: 'folder', path: data }, ['a/0.png']],
      [{ kind: 'parquet', path: data, column: 'image' }, ['t.parquet#0']],
    ]
    for (const [source, paths] of sources) {
      for (const roots of [[data], [secret, directory], undefined]) {
        const read = await openPictures(source, paths, { ...strict, roots })
        expect(await read(0)).not.toBe(null)
      }
      for (const root of [secret, join(data, 'a'), `${data}/../secret`, join(data, 'link')]) {
        await expect(openPictures(source, paths, { ...strict, roots: [root] })).rejects.toThrow('outside of')
      }
    }
    for (const kind of ['webdataset', 'folder'] as const) {
      const through = { kind, path: join(data, 'link') }
      await expect(openPictures(through, [], { ...strict, roots: [data] })).rejects.toThrow('outside of')
    }
    const source: Source = { kind: 'folder', path: data }
    await expect(openPictures(source, [], { ...strict, roots: ['/no/such'] })).rejects.toThrow(
      '/no/such: no such folder, expected one with pictures, check --root',
    )
  })

  test.each([
    ['folder', '../secret/0.png'],
    ['folder', 'link/0.png'],
    ['parquet', 't.parquet#1'],
    ['parquet', 'moved.parquet#0'],
    ['parquet', '..#0'],
    ['parquet', '../data/t.parquet#0'],
    ['webdataset', 'moved.tar#0.png'],
    ['webdataset', '../secret/moved.tar#0.png'],
  ] as const)('of a %s are not read from %s, which leads out', async (kind, path) => {
    const { data, secret } = await pictures()
    for (const name of ['moved.parquet', 'moved.tar']) {
      await writeFile(join(data, name), 'PAR1')
      await rename(join(data, name), join(secret, name))
      await symlink(join(secret, name), join(data, name))
    }
    const read = await openPictures({ kind, path: data, column: 'image' }, [path], strict)
    await expect(read(0)).rejects.toThrow(/leads out of|link that leads|expected a (file|row) of/)
  })
})
