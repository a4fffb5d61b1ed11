import { pictureLayout } from '../../data/pictures.ts'
import type { Picture } from '../../formats/picture.ts'
import { divergingColour } from '../../views/diverging.ts'
import type { NetworkInput } from '../explainer/network.ts'
import type { MapMaker } from './map-maker.ts'

/** Numbers over a picture, rows from the top. */
export interface Plane {
  readonly height: number
  readonly width: number
  readonly values: Float32Array
}

/** Where the numbers of a map stand in a picture, when they do. */
export interface PlaneLayout {
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly channelsFirst: boolean
}

/**
 * How maps lie over a picture; null where they do not. Maps of the input lie as the training data do, which may be
 * in another order than the network's; feature maps [c, h, w] are a coarser picture.
 */
export function planeLayout(
  { target, shape, isFeatureMap }: Pick<MapMaker, 'target' | 'shape' | 'isFeatureMap'>,
  itemShape: readonly number[],
): PlaneLayout | null {
  if (target === 'input') return pictureLayout(itemShape)
  if (!isFeatureMap || shape.length !== 3) return null
  const [channels, height, width] = shape
  return { channels, height, width, channelsFirst: true }
}

/** The sum of a map over the channels, which is linear: planes of parts still add up. */
export function planeOf(map: ArrayLike<number>, layout: PlaneLayout): Plane {
  const { height, width, channels, channelsFirst } = layout
  const size = height * width
  const values = new Float32Array(size)
  for (let i = 0; i < size; i++) {
    for (let ch = 0; ch < channels; ch++) values[i] += map[channelsFirst ? ch * size + i : i * channels + ch]
  }
  return { height, width, values }
}

/** The input in grey [0, 255]: bytes as they are, other numbers from the least to the most. */
export function greyOf(pixels: NetworkInput, layout: PlaneLayout): Plane {
  const { height, width, values } = planeOf(pixels, layout)
  const bytes = !(pixels instanceof Float32Array)
  const [least, most] = bytes ? [0, 255 * layout.channels] : rangeOf(values)
  return {
    height,
    width,
    values: values.map(x => (most > least ? (255 * (x - least)) / (most - least) : 128)),
  }
}

/** This share of the numbers of a map is below what it takes of the scale: a few outliers would leave all else pale. */
const BELOW_SCALE = 0.995

/** One scale for all of these, what has the full colour: that of the map that takes the largest. */
export function commonScaleOf(planes: readonly Plane[]): number {
  return Math.max(...planes.map(({ values }) => largeSize(values)), 0) || 1
}

function largeSize(values: Float32Array): number {
  const sizes = values.map(Math.abs).sort()
  return sizes[Math.floor(BELOW_SCALE * (sizes.length - 1))] || (sizes.at(-1) ?? 0)
}

/** A map over its picture in grey, in the size of the finer of the two. */
export function overlay(map: Plane, grey: Plane, scale: number): Picture {
  const [height, width] = [Math.max(map.height, grey.height), Math.max(map.width, grey.width)]
  const data = new Uint8Array(3 * height * width)
  const at = (plane: Plane, y: number, x: number): number =>
    plane.values[
      Math.floor((y * plane.height) / height) * plane.width + Math.floor((x * plane.width) / width)
    ]
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      data.set(divergingColour(at(grey, y, x), at(map, y, x) / scale), 3 * (y * width + x))
    }
  }
  return { height, width, channels: 3, data }
}

/** With every pixel a square of pixels, so that the longer edge has `least` of them. */
export function enlarged({ height, width, channels, data }: Picture, least: number): Picture {
  const factor = Math.max(1, Math.ceil(least / Math.max(height, width)))
  const [rows, cols] = [height * factor, width * factor]
  const out = new Uint8Array(rows * cols * channels)
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < cols; x++) {
      const from = channels * (Math.floor(y / factor) * width + Math.floor(x / factor))
      out.set(data.subarray(from, from + channels), channels * (y * cols + x))
    }
  }
  return { height: rows, width: cols, channels, data: out }
}

function rangeOf(values: Float32Array): [number, number] {
  return values.reduce<[number, number]>(
    ([least, most], x) => [Math.min(least, x), Math.max(most, x)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  )
}
