import { expect, test } from 'vitest'
import { NO_LABELS } from '../../src/data/labels.ts'
import { type PictureDataset, pictureRows, type SkippedPicture } from '../../src/data/picture-dataset.ts'
import { UserError } from '../../src/user-error.ts'

const COUNT = 11
const BAD = 7

/** Pictures of one pixel, which is their row, and what was decoded. */
function pixels(): { dataset: PictureDataset; decoded: Set<number> } {
  const decoded = new Set<number>()
  const paths = Array.from({ length: COUNT }, (_, row) => `${row}.png`)
  const picture = async (row: number) => {
    decoded.add(row)
    if (row === BAD) throw new UserError('format', `${row}.png: no picture`)
    return { height: 1, width: 1, channels: 1 as const, data: Uint8Array.of(row + 1) }
  }
  const source = { kind: 'folder' as const, path: '/' }
  const dataset = { kind: 'pictures' as const, name: 'pixels', count: COUNT, ...NO_LABELS }
  return { dataset: { ...dataset, ids: null, source, paths, picture }, decoded }
}

const asTheyAre = {
  scale: 1,
  mean: [0],
  std: [1],
  picture: { channels: 'grey' as const, resize: null, filter: 'bilinear' as const, crop: null },
}

test.each([0, 3, 6, 9])('pictures before row %i are not decoded where blocks begin there', async from => {
  const { dataset, decoded } = pixels()
  const skipped: SkippedPicture[] = []
  const rows = pictureRows(dataset, asTheyAre, [1, 1, 1], picture => skipped.push(picture))
  const seen: number[] = []
  for await (const { start, matrix } of rows.blocks(3, from)) {
    expect(start).toBe(from + seen.length)
    seen.push(...matrix.data)
  }
  const wanted = Array.from({ length: COUNT - from }, (_, k) => from + k)
  expect(seen).toEqual(wanted.map(row => (row === BAD ? 0 : row + 1)))
  expect([...decoded].sort((a, b) => a - b)).toEqual(wanted)
  expect(skipped).toEqual(
    from > BAD ? [] : [{ row: BAD, path: `${BAD}.png`, reason: `${BAD}.png: no picture` }],
  )
})
