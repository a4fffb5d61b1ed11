import type { Box, Place } from './geometry.ts'
import type { Ray } from './rays.ts'
import { type Size, toScreen, type Viewport, visibleBox } from './viewport.ts'

/** What is drawn, by number of point. */
export interface Scene {
  readonly x: Float32Array
  readonly y: Float32Array
  readonly isTest: Uint8Array
  /** The category of each point: its colour and how much larger it is */
  readonly category: Uint16Array
  readonly colours: readonly string[]
  readonly grow: readonly number[]
  /** 0 where filters leave a point out */
  readonly isShown: Uint8Array
  /** 1 where it is selected */
  readonly isSelected: Uint8Array
  readonly hasSelection: boolean
  /** Points that get a ring, such as mistakes */
  readonly isRinged: Uint8Array
  readonly rays: readonly Ray[]
  /** The point in hand, and those named beside it */
  readonly focus: number
  readonly neighbours: readonly number[]
}

/** What is drawn, where to, and the part of it that is seen. */
interface Drawing {
  readonly context: CanvasRenderingContext2D
  readonly scene: Scene
  readonly view: Viewport
  /** Of the picture, in CSS pixels */
  readonly size: Size
}

/** Colours of what is not a point. */
export interface Ink {
  readonly ink: string
  readonly paper: string
  readonly faint: string
  readonly raises: string
  readonly lowers: string
}

/** How many points are drawn while the map moves; all of them once it rests. */
const WHILE_MOVING = 15_000

/** Of more selected points than these, rings would hide the colours: that they stand out says it. */
const RINGED = 400

/** The radius of a point, by how far the map is zoomed in and how many there are. */
function radiusOf(count: number, zoom: number): number {
  const crowd = count > 50_000 ? 1.1 : count > 10_000 ? 1.5 : count > 2000 ? 2.2 : 3.2
  return Math.min(crowd * Math.max(1, zoom) ** 0.35, 7)
}

/** Draws the map. Points of one colour are filled at once; those outside the picture are passed over. */
export function drawMap(
  drawing: Drawing,
  { zoom, ink, moving }: { readonly zoom: number; readonly ink: Ink; readonly moving: boolean },
): void {
  const { context, scene, view, size } = drawing
  context.clearRect(0, 0, size.width, size.height)
  const radius = radiusOf(scene.x.length, zoom)
  const layers = sortIntoLayers(scene, visibleBox(grown(view, size, 8), size), moving)
  context.globalAlpha = 0.35
  fill(drawing, layers.left, radius * 0.8, ink.faint)
  context.globalAlpha = scene.hasSelection ? 0.3 : 0.85
  layers.plain.forEach((points, category) => {
    fill(drawing, points, radius + scene.grow[category], scene.colours[category])
  })
  context.globalAlpha = 1
  layers.selected.forEach((points, category) => {
    fill(drawing, points, radius + scene.grow[category] + 1, scene.colours[category])
  })
  if (layers.selectedAll.length <= RINGED) {
    rings(drawing, layers.selectedAll, { radius: radius + 2.5, colour: ink.ink, width: 1 })
  }
  rings(drawing, layers.ringed, { radius: radius + 2, colour: ink.lowers, width: 1.25 })
  drawRays(drawing, ink)
  rings(drawing, scene.neighbours, { radius: radius + 4, colour: ink.ink, width: 1.5 })
  if (scene.focus >= 0) target(context, placeOf(drawing, scene.focus), radius + 5, ink)
}

/** A view that shows so many pixels more on each side, so that points do not vanish while half seen. */
const grown = (view: Viewport, { width }: Size, margin: number): Viewport => ({
  ...view,
  scale: (view.scale * width) / (width + 2 * margin || 1),
})

interface Layers {
  readonly left: readonly number[]
  readonly plain: readonly (readonly number[])[]
  readonly selected: readonly (readonly number[])[]
  readonly selectedAll: readonly number[]
  readonly ringed: readonly number[]
}

function sortIntoLayers(scene: Scene, { minX, minY, maxX, maxY }: Box, moving: boolean): Layers {
  const { x, y, category, isShown, isSelected, isRinged, colours } = scene
  const left: number[] = []
  const selectedAll: number[] = []
  const ringed: number[] = []
  const plain = colours.map((): number[] => [])
  const selected = colours.map((): number[] => [])
  const step = moving ? Math.max(1, Math.ceil(x.length / WHILE_MOVING)) : 1
  for (let i = 0; i < x.length; i += step) {
    if (x[i] < minX || x[i] > maxX || y[i] < minY || y[i] > maxY) continue
    if (!isShown[i]) {
      left.push(i)
      continue
    }
    if (isSelected[i]) {
      selected[category[i]].push(i)
      selectedAll.push(i)
    } else plain[category[i]].push(i)
    if (isRinged[i]) ringed.push(i)
  }
  return { left, plain, selected, selectedAll, ringed }
}

const placeOf = ({ scene: { x, y }, view, size }: Drawing, i: number): Place =>
  toScreen(view, size, { x: x[i], y: y[i] })

/** Training examples are round, test examples stand on a corner. */
function fill(
  { context, scene, view, size }: Drawing,
  points: readonly number[],
  radius: number,
  colour: string,
): void {
  if (points.length === 0) return
  context.fillStyle = colour
  context.beginPath()
  const [left, top] = [size.width / 2 - view.x * view.scale, size.height / 2 - view.y * view.scale]
  const corner = radius * 1.35
  for (const i of points) {
    const x = left + scene.x[i] * view.scale
    const y = top + scene.y[i] * view.scale
    if (scene.isTest[i]) {
      context.moveTo(x, y - corner)
      context.lineTo(x + corner, y)
      context.lineTo(x, y + corner)
      context.lineTo(x - corner, y)
    } else if (radius < 1.75) {
      // So small, nobody tells a square from a circle, and it is drawn many times faster.
      context.rect(x - radius, y - radius, 2 * radius, 2 * radius)
    } else {
      context.moveTo(x + radius, y)
      context.arc(x, y, radius, 0, 2 * Math.PI)
    }
  }
  context.fill()
}

function rings(
  drawing: Drawing,
  points: readonly number[],
  { radius, colour, width }: { readonly radius: number; readonly colour: string; readonly width: number },
): void {
  if (points.length === 0) return
  const { context } = drawing
  context.strokeStyle = colour
  context.lineWidth = width
  context.beginPath()
  for (const i of points) {
    const { x, y } = placeOf(drawing, i)
    context.moveTo(x + radius, y)
    context.arc(x, y, radius, 0, 2 * Math.PI)
  }
  context.stroke()
}

/** Lines to the examples of an explanation; those that lower are broken, and each end says its sign. */
function drawRays(drawing: Drawing, ink: Ink): void {
  const { context, scene } = drawing
  for (const { from, to, value, width } of scene.rays) {
    const [a, b] = [placeOf(drawing, from), placeOf(drawing, to)]
    context.strokeStyle = value > 0 ? ink.raises : ink.lowers
    context.lineWidth = width
    context.globalAlpha = 0.8
    context.setLineDash(value > 0 ? [] : [width + 4, 4])
    context.beginPath()
    context.moveTo(a.x, a.y)
    context.lineTo(b.x, b.y)
    context.stroke()
  }
  context.setLineDash([])
  context.globalAlpha = 1
  for (const { to, value } of scene.rays) sign(context, placeOf(drawing, to), value > 0, ink)
}

function sign(context: CanvasRenderingContext2D, { x, y }: Place, raises: boolean, ink: Ink): void {
  context.fillStyle = raises ? ink.raises : ink.lowers
  context.beginPath()
  context.arc(x, y, 7, 0, 2 * Math.PI)
  context.fill()
  context.strokeStyle = ink.paper
  context.lineWidth = 1.75
  context.beginPath()
  context.moveTo(x - 3.5, y)
  context.lineTo(x + 3.5, y)
  if (raises) {
    context.moveTo(x, y - 3.5)
    context.lineTo(x, y + 3.5)
  }
  context.stroke()
}

function target(context: CanvasRenderingContext2D, { x, y }: Place, radius: number, ink: Ink): void {
  for (const [colour, width] of [
    [ink.paper, 5],
    [ink.ink, 2],
  ] as const) {
    context.strokeStyle = colour
    context.lineWidth = width
    context.beginPath()
    context.arc(x, y, radius, 0, 2 * Math.PI)
    context.moveTo(x - radius - 4, y)
    context.lineTo(x - radius, y)
    context.moveTo(x + radius, y)
    context.lineTo(x + radius + 4, y)
    context.stroke()
  }
}
