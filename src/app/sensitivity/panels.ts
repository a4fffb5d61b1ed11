import { pictureLayout } from '../../data/pictures.ts'
import type { Picture } from '../../formats/picture.ts'
import type { Explainer } from '../explainer/explainer.ts'
import type { Sensitivity } from './decompose.ts'
import type { MapMaker } from './map-maker.ts'
import { commonScaleOf, greyOf, overlay, planeLayout, planeOf } from './overlay.ts'
import { allOf } from './seeds.ts'

/** Maps over the picture that they are of, in colours on one scale. */
export interface Panels {
  /** The number that has the full colour, in all panels but the pairs */
  readonly scale: number
  /** By the numbers of a map */
  readonly over: (map: Float32Array) => Picture
  /** The same for the other sides of pairs, which are in other units, each over its own picture */
  readonly pairScale: number
  readonly pairs: readonly Picture[]
}

/** What makes the maps, as far as it says where they lie. */
type Lying = Pick<MapMaker, 'target' | 'tensor' | 'shape' | 'isFeatureMap'>

/** Why maps of a picture do not lie over it; null where they do, or there is none. */
export function noPanelsReason({ inputShape }: Explainer, maker: Lying): string | null {
  if (pictureLayout(inputShape) === null || planeLayout(maker, inputShape) !== null) return null
  return `no overlays: ${maker.tensor} [${maker.shape.join(', ')}] does not lie over the picture as feature maps [c, h, w] do`
}

/** null where maps do not lie over a picture. */
export function panelsOf(
  explainer: Explainer,
  maker: Lying,
  { subject, maps, pairs }: Sensitivity,
): Panels | null {
  const layout = planeLayout(maker, explainer.inputShape)
  const inputLayout = pictureLayout(explainer.inputShape)
  if (layout === null || inputLayout === null) return null
  const scale = commonScaleOf(allOf(maps).map(map => planeOf(map, layout)))
  const grey = greyOf(subject.pixels, inputLayout)
  const pairPlanes = pairs.map(({ map }) => planeOf(map, layout))
  const pairScale = commonScaleOf(pairPlanes)
  return {
    scale,
    over: map => overlay(planeOf(map, layout), grey, scale),
    pairScale,
    pairs: pairPlanes.map((plane, k) => overlay(plane, greyOf(pairs[k].pixels, inputLayout), pairScale)),
  }
}
