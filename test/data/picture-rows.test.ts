import { describe, expect, test } from 'vitest'
import { NO_LABELS } from '../../src/data/labels.ts'
import type { PictureDataset, SkippedPicture } from '../../src/data/picture-dataset.ts'
import type { Failure, MadeInputs } from '../../src/data/picture-inputs.ts'
import { type PictureMaker, type PictureRowsOptions, pictureRows } from '../../src/data/picture-rows.ts'
import { UserError } from '../../src/user-error.ts'

const COUNT = 100

/** Pictures whose content is their row; some are not found, others cannot be decoded. */
function pixels({ missing = [], damaged = [] }: { missing?: number[]; damaged?: number[] } = {}) {
  const decoded = new Set<number>()
  const paths = Array.from({ length: COUNT }, (_, row) => `${row}.png`)
  const dataset: PictureDataset = {
    ...{ kind: 'pictures', name: 'pixels', count: COUNT, ...NO_LABELS, ids: null, paths },
    source: { kind: 'folder', path: '/' },
    async file(row) {
      if (missing.includes(row)) throw new UserError('not-found', `${row}.png: gone`)
      return { name: paths[row], content: Uint8Array.of(row) }
    },
  }
  const workers: PictureMaker = {
    /** The later a list comes, the sooner it is done. */
    async makeInputs(read) {
      const pictures = await read()
      const failures = new Map<number, Failure>()
      const bytes = Uint8Array.from(pictures, (wanted, k) => {
        if ('failure' in wanted) {
          failures.set(k, wanted.failure)
          return 0
        }
        const [row] = wanted.file.content ?? []
        decoded.add(row)
        if (damaged.includes(row)) failures.set(k, { code: 'format', message: `${row}.png: no picture` })
        return row + 1
      })
      await new Promise(resolve => setTimeout(resolve, 20 - Math.min(...bytes) / 10))
      return { bytes, failures } satisfies MadeInputs
    },
  }
  return { dataset, workers, decoded }
}

const asTheyAre = { preprocess: { scale: 1, mean: [0], std: [1] }, itemShape: [1, 1, 1] }
const rowsOf = ({ dataset, workers }: ReturnType<typeof pixels>, onBad: PictureRowsOptions['onBad'] = null) =>
  pictureRows(dataset, { ...asTheyAre, workers, onBad })

describe('pictures as rows', () => {
  test.each([0, 3, 40, 99])('those before row %i are not decoded where rows begin there', async from => {
    const { decoded, ...given } = pixels()
    const seen: number[] = []
    for await (const { start, matrix } of rowsOf({ decoded, ...given }).blocks(7, from)) {
      expect(start).toBe(from + seen.length)
      seen.push(...matrix.data)
    }
    const wanted = Array.from({ length: COUNT - from }, (_, k) => from + k)
    expect(seen).toEqual(wanted.map(row => row + 1))
    expect([...decoded].sort((a, b) => a - b)).toEqual(wanted)
  })

  test('are fetched in any order', async () => {
    const { data } = await rowsOf(pixels()).fetch([99, 0, 50, 50])
    expect([...data]).toEqual([100, 1, 51, 51])
  })

  test('are read but a few blocks ahead', async () => {
    const { decoded, ...given } = pixels()
    for await (const _ of rowsOf({ decoded, ...given }).blocks(5)) {
      await new Promise(resolve => setTimeout(resolve, 50))
      expect(decoded.size).toBe(15)
      break
    }
  })
})

describe('pictures that cannot be read', () => {
  const bad = { missing: [64, 12], damaged: [70, 9, 33] }

  test('are 0 and told, where they may be left out', async () => {
    const skipped: SkippedPicture[] = []
    const { data } = await rowsOf(pixels(bad), picture => skipped.push(picture)).fetch(
      Array.from({ length: COUNT }, (_, row) => row),
    )
    const rows = [9, 12, 33, 64, 70]
    data.forEach((x, row) => void expect(x).toBe(rows.includes(row) ? 0 : row + 1))
    expect(skipped.sort((a, b) => a.row - b.row)).toEqual(
      rows.map(row => ({
        row,
        path: `${row}.png`,
        reason: `${row}.png: ${bad.missing.includes(row) ? 'gone' : 'no picture'}`,
      })),
    )
  })

  test.each([
    [0, new UserError('format', '9.png: no picture')],
    [10, new UserError('not-found', '12.png: gone')],
    [34, new UserError('not-found', '64.png: gone')],
  ])('are an error, the first one from row %i on', async (from, error) => {
    const reading = async () => {
      for await (const _ of rowsOf(pixels(bad)).blocks(100, from));
    }
    await expect(reading()).rejects.toThrow(error)
  })
})
