import { decodeImage, decodePicture } from '../formats/images.node.ts'
import type { Picture } from '../formats/picture.ts'
import { resizePicture } from '../formats/resize.ts'
import { expectShape } from '../math/matrix.ts'
import { UserError } from '../user-error.ts'
import { isDirectory } from './folder.node.ts'
import { expectWithin, inside, type Locate, reallyInside } from './inside.node.ts'
import { tableReader } from './picture-table.node.ts'
import { pictureOf } from './pictures.ts'
import { readArray } from './read-array.ts'
import type { Source } from './source.ts'
import { shardReader } from './webdataset.node.ts'

/** The picture of an example by its row; null for one that is no picture. Errors: UserError where it is gone. */
export type Pictures = (row: number) => Promise<Picture | null>

export interface OpeningPictures {
  /** Links in a folder may lead out of it, as they may in training; so unless told. */
  readonly followLinks?: boolean
  /** Folders that sources have to be in; anywhere unless told. */
  readonly roots?: readonly string[] | undefined
  /** In their own size, not in one to be shown. */
  readonly whole?: boolean
}

type Open<K extends Source['kind']> = (
  source: Extract<Source, { kind: K }>,
  paths: readonly string[],
  locate: Locate,
  sized: (picture: Picture) => Picture,
) => Promise<Pictures>

const openers: { readonly [K in Source['kind']]: Open<K> } = {
  array: async ({ path, shape }) => {
    const array = await readArray(path, 'inputs')
    expectShape(path, array.shape, shape)
    return async row => pictureOf(array, row)
  },
  table: async () => async () => null,
  folder: async ({ path }, paths, locate, sized) => {
    if (!(await isDirectory(path))) {
      throw new UserError('not-found', `${path}: no such folder, check the path`)
    }
    return async row => {
      const file = paths[row]
      return file === undefined ? null : sized(await decodeImage(await locate(path, file)))
    }
  },
  webdataset: async ({ path }, paths, locate, sized) => {
    const read = shardReader(path, paths, locate)
    return async row => sized(await decodePicture(await read(row)))
  },
  parquet: async ({ path, column }, paths, locate, sized) => {
    const read = tableReader(path, column, paths, locate)
    return async row => sized(await decodePicture(await read(row)))
  },
}

/** Reads a source again. Errors: UserError where it is gone, no longer what it was, or outside of the roots. */
export async function openPictures(
  source: Source,
  paths: readonly string[] | null,
  { followLinks = true, roots, whole = false }: OpeningPictures = {},
): Promise<Pictures> {
  if (roots) await expectWithin(roots, source.path)
  const open = openers[source.kind] as Open<Source['kind']>
  return open(
    source,
    paths ?? [],
    followLinks ? inside : reallyInside,
    whole ? picture => picture : thumbnail,
  )
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
