import type { PictureFile } from '../formats/picture.ts'
import type { Labels } from './labels.ts'
import type { Source } from './source.ts'

/** Examples that are pictures in files of any size, read when they are needed. */
export interface PictureDataset extends Labels {
  readonly kind: 'pictures'
  /** The path as the user gave it. */
  readonly name: string
  readonly count: number
  /** Where each example has a name of its own. */
  readonly ids: readonly string[] | null
  readonly source: Source
  /** Where each example stands, below the path of `source`. */
  readonly paths: readonly string[]
  /** Reads one, without decoding it. Errors: UserError where it cannot be read. */
  file(row: number): Promise<PictureFile>
}

/** A picture that could not be read. */
export interface SkippedPicture {
  readonly row: number
  readonly path: string
  readonly reason: string
}
