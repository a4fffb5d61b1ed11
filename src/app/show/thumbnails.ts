import type { Pictures } from '../../data/shown-pictures.node.ts'
import { encodePng } from '../../formats/images.node.ts'
import { encodeSmallPng } from '../../formats/png.node.ts'
import { UserError } from '../../user-error.ts'
import type { Explainer } from '../explainer/explainer.ts'
import type { SplitName } from '../explainer/stored-splits.ts'
import { openStoredPictures } from './stored-pictures.ts'

/** Bytes of a picture that is encoded sooner than handed to another thread. */
const SMALL = 2 ** 14

/**
 * Small pictures of an explainer's examples, made of the files that the examples came from. No link leads out of
 * their folder.
 */
export class Thumbnails {
  readonly #explainer: Explainer
  readonly #roots: readonly string[] | undefined
  readonly #opened = new Map<SplitName, Promise<Pictures>>()

  /** @param roots folders that these files have to be in; anywhere unless told */
  constructor(explainer: Explainer, roots?: readonly string[]) {
    this.#explainer = explainer
    this.#roots = roots
  }

  /** Whether the examples of a split are pictures, by the first. Errors: UserError where its file is gone. */
  async has(split: SplitName): Promise<boolean> {
    if (this.#explainer.manifest.sources[split] === null) return false
    return (await (await this.#of(split))(0)) !== null
  }

  /** A small PNG of an example. Errors: UserError where there is no such example, or no picture of it. */
  async png(split: SplitName, row: number): Promise<Uint8Array> {
    const { ids } = await this.#explainer.examplesOf(split)
    if (!(Number.isInteger(row) && row >= 0 && row < ids.length)) {
      throw new UserError('not-found', `example not found: ${split}/${row}, expected 0 to ${ids.length - 1}`)
    }
    const picture = await (await this.#of(split))(row)
    if (picture === null) throw new UserError('not-found', `${split}/${row}: no picture, its example is none`)
    return picture.data.length <= SMALL ? encodeSmallPng(picture) : encodePng(picture)
  }

  /** The pictures of a split, opened once. Errors: UserError where its files are gone. */
  #of(split: SplitName): Promise<Pictures> {
    const known = this.#opened.get(split)
    if (known) return known
    const opening = this.#open(split)
    this.#opened.set(split, opening)
    // The next one who asks tries again.
    opening.catch(() => this.#opened.delete(split))
    return opening
  }

  async #open(split: SplitName): Promise<Pictures> {
    const options = { followLinks: false, roots: this.#roots }
    return (await openStoredPictures(this.#explainer, split, options)) ?? (async () => null)
  }
}
