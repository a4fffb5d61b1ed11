import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openDataset } from '../../src/data/open-dataset.node.ts'
import { readArray } from '../../src/data/read-array.ts'
import { decodePicture } from '../../src/formats/images.node.ts'

const fixture = (name: string) => join(import.meta.dirname, 'fixtures', name)

test.each(['pictures.parquet', 'pictures.tar', 'pictures.tar.gz'])(
  '%s holds the pixels that PIL was given',
  async name => {
    const dataset = await openDataset(fixture(name), 'train', {})
    if (dataset.kind !== 'pictures') throw new Error('no pictures')
    const { data } = await readArray(fixture('pixels.npz'), 'inputs')
    for (const row of [3, 0, 5, 1, 4, 2]) {
      expect(await decodePicture(await dataset.file(row))).toEqual({
        width: 4,
        height: 5,
        channels: 3,
        data: data.slice(60 * row, 60 * row + 60),
      })
    }
    const names = Array.from(dataset.labels ?? [], label => dataset.classes?.[label])
    expect(names).toEqual(['cat', 'ant', 'cat', 'ant', 'cat', 'ant'])
  },
)
