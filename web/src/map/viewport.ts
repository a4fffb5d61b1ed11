import type { Box, Place } from './geometry.ts'

/** What part of the map is shown: the place in the middle of the screen, and pixels a unit of the map. */
export interface Viewport {
  readonly x: number
  readonly y: number
  readonly scale: number
}

/** Of the canvas, in CSS pixels */
export interface Size {
  readonly width: number
  readonly height: number
}

const MARGIN = 28

/** How far one can zoom from where all is seen: out by a half, in by a factor of 400. */
const OUTERMOST = 0.5
const INNERMOST = 400

/** All of a box, in the middle. */
export function wholeView({ minX, minY, maxX, maxY }: Box, { width, height }: Size): Viewport {
  const room = (pixels: number) => Math.max(pixels - 2 * MARGIN, 1)
  const across = room(width) / (maxX - minX || 1)
  const down = room(height) / (maxY - minY || 1)
  return { x: (minX + maxX) / 2, y: (minY + maxY) / 2, scale: Math.min(across, down) }
}

export const toScreen = (view: Viewport, { width, height }: Size, { x, y }: Place): Place => ({
  x: width / 2 + (x - view.x) * view.scale,
  y: height / 2 + (y - view.y) * view.scale,
})

export const toMap = (view: Viewport, { width, height }: Size, { x, y }: Place): Place => ({
  x: view.x + (x - width / 2) / view.scale,
  y: view.y + (y - height / 2) / view.scale,
})

export function visibleBox(view: Viewport, size: Size): Box {
  const from = toMap(view, size, { x: 0, y: 0 })
  const to = toMap(view, size, { x: size.width, y: size.height })
  return { minX: from.x, minY: from.y, maxX: to.x, maxY: to.y }
}

/** Moves what is shown with the hand, by pixels. */
export const pannedBy = (view: Viewport, dx: number, dy: number): Viewport => ({
  ...view,
  x: view.x - dx / view.scale,
  y: view.y - dy / view.scale,
})

/** Zooms by a factor; the place of the map at `at` on the screen stays there. */
export function zoomedAt(view: Viewport, size: Size, at: Place, factor: number, whole: Viewport): Viewport {
  const scale = Math.min(Math.max(view.scale * factor, whole.scale * OUTERMOST), whole.scale * INNERMOST)
  const held = toMap(view, size, at)
  return {
    x: held.x - (at.x - size.width / 2) / scale,
    y: held.y - (at.y - size.height / 2) / scale,
    scale,
  }
}
