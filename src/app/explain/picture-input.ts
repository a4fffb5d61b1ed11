import { preparePicture } from '../../data/picture-preprocess.ts'
import { pictureAs, pictureOf } from '../../data/pictures.ts'
import { thumbnail } from '../../data/shown-pictures.node.ts'
import type { Picture } from '../../formats/picture.ts'
import type { Explainer } from '../explainer/explainer.ts'

/** A picture of the user's as the network takes it, and as it is shown. */
export interface PictureInput {
  /** As the training pictures were, before their numbers are scaled */
  readonly pixels: Uint8Array
  readonly shown: Picture | null
}

/** Treats a picture as the training pictures were. Errors: UserError where it does not fit; `name` is what messages call it. */
export function pictureInput(explainer: Explainer, picture: Picture, name: string): PictureInput {
  const steps = explainer.manifest.network?.preprocess.picture
  if (steps) {
    return { pixels: preparePicture(picture, steps, explainer.inputShape, name), shown: thumbnail(picture) }
  }
  const pixels = pictureAs(picture, explainer.inputShape, name)
  return { pixels: pixels.data as Uint8Array, shown: pictureOf(pixels, 0) }
}
