import { decodeImage, decodePicture } from '../formats/images.node.ts'
import type { Picture } from '../formats/picture.ts'
import { resizePicture } from '../formats/resize.ts'
import { expectShape } from '../math/matrix.ts'
import { UserError } from '../user-error.ts'
import { isDirectory } from './folder.node.ts'
import { inside } from './inside.node.ts'
import { tableReader } from './picture-table.node.ts'
import { pictureOf } from './pictures.ts'
import { readArray } from './read-array.ts'
import type { Source } from './source.ts'
import { shardReader } from './webdataset.node.ts'

/** The picture of an example by its row; null for one that is no picture. Errors: UserError where it is gone. */
export type Pictures = (row: number) => Promise<Picture | null>

type Open<K extends Source['kind']> = (
  source: Extract<Source, { kind: K }>,
  paths: readonly string[],
) => Promise<Pictures>

const openers: { readonly [K in Source['kind']]: Open<K> } = {
  array: async ({ path, shape }) => {
    const array = await readArray(path, 'inputs')
    expectShape(path, array.shape, shape)
    return async row => pictureOf(array, row)
  },
  table: async () => async () => null,
  folder: async ({ path }, paths) => {
    if (!(await isDirectory(path))) {
      throw new UserError('not-found', `${path}: no such folder, check the path`)
    }
    return async row => {
      const file = paths[row]
      return file === undefined ? null : thumbnail(await decodeImage(inside(path, file)))
    }
  },
  webdataset: async ({ path }, paths) => {
    const read = shardReader(path, paths)
    return async row => thumbnail(await decodePicture(await read(row)))
  },
  parquet: async ({ path, column }, paths) => {
    const read = tableReader(path, column, paths)
    return async row => thumbnail(await decodePicture(await read(row)))
  },
}

/** Reads a source again. Errors: UserError where it is gone, or no longer what it was. */
export function openPictures(source: Source, paths: readonly string[] | null): Promise<Pictures> {
  const open = openers[source.kind] as (source: Source, paths: readonly string[]) => Promise<Pictures>
  return open(source, paths ?? [])
}

const LONGEST_EDGE = 128

/** A picture of which no edge is longer than pages show. */
export function thumbnail(picture: Picture): Picture {
  const { width, height } = picture
  const share = LONGEST_EDGE / Math.max(width, height)
  if (share >= 1) return picture
  const edge = (length: number) => Math.max(1, Math.round(length * share))
  return resizePicture(picture, { width: edge(width), height: edge(height) }, 'bilinear')
}
