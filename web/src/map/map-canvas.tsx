import { type KeyboardEvent, type ReactNode, useEffect, useImperativeHandle, useRef, useState } from 'react'
import type { ClassName } from './class-names.ts'
import { drawMap, type Ink, type Scene } from './draw.ts'
import { drawNames } from './draw-names.ts'
import { boxOf, type Place } from './geometry.ts'
import styles from './map.module.css'
import type { PointIndex } from './point-index.ts'
import type { SelectMode } from './selecting.ts'
import { useResolvedColours } from './use-colours.ts'
import { type Tool, useGestures } from './use-gestures.ts'
import { useViewport } from './use-viewport.ts'
import { type Size, toMap, toScreen, type Viewport } from './viewport.ts'

/** What buttons beside the map do to it. */
export interface MapControl {
  zoom(factor: number): void
  reset(): void
}

interface MapCanvasProps {
  readonly size: Size
  readonly scene: Omit<Scene, 'colours'>
  /** Of each category, as a style sheet takes them */
  readonly colours: readonly string[]
  readonly names: readonly ClassName[]
  readonly index: PointIndex
  readonly tool: Tool
  readonly first: Viewport | null
  readonly label: string
  readonly control: React.Ref<MapControl>
  readonly onClick: (point: number | null, mode: SelectMode) => void
  readonly onShape: (points: readonly number[], mode: SelectMode) => void
  /** What is shown of the map, when it rests; null for all of it */
  readonly onRest: (view: Viewport | null) => void
  /** What is shown beside the pointer over a point */
  readonly hoverCard: (point: number) => ReactNode
}

/** How near to a point a pointer means it, in pixels */
const REACH = 9
const STEP = 60
const ZOOM_STEP = 1.5

/** The map itself: points on a canvas, moved by hand or by keys. What it shows is listed in words beside it. */
export function MapCanvas(props: MapCanvasProps) {
  const { size, scene, colours, names, index, tool, label } = props
  const [box] = useState(() => boxOf(scene.x, scene.y))
  const [hovered, setHovered] = useState<{ point: number; at: Place } | null>(null)
  const element = useRef<HTMLDivElement>(null)
  const viewport = useViewport(box, size, props.first, props.onRest)
  const { view, whole, moving } = viewport
  const canvas = useDrawing(scene, colours, names, viewport, size)
  useWheel(element, viewport.zoom)
  useImperativeHandle(props.control, () => ({ zoom: factor => viewport.zoom(factor), reset: viewport.reset }))

  const pointAt = (at: Place): number | null =>
    index.nearest(toMap(view, size, at), REACH / view.scale, i => scene.isShown[i] === 1)
  const gestures = useGestures(tool, viewport, {
    click: (at, mode) => props.onClick(pointAt(at), mode),
    hover: at => {
      const point = at && pointAt(at)
      setHovered(at && point !== null ? { point, at } : null)
    },
    shape: (corners, mode) => {
      const around = corners.map(corner => toMap(view, size, corner))
      props.onShape(
        index.inPolygon(around).filter(i => scene.isShown[i] === 1),
        mode,
      )
    },
  })

  const keys = new Map([
    ['ArrowLeft', () => viewport.pan(STEP, 0)],
    ['ArrowRight', () => viewport.pan(-STEP, 0)],
    ['ArrowUp', () => viewport.pan(0, STEP)],
    ['ArrowDown', () => viewport.pan(0, -STEP)],
    ['+', () => viewport.zoom(ZOOM_STEP)],
    ['=', () => viewport.zoom(ZOOM_STEP)],
    ['-', () => viewport.zoom(1 / ZOOM_STEP)],
    ['0', viewport.reset],
    ['Home', viewport.reset],
  ])
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const isCancelled = event.key === 'Escape' && gestures.cancel()
    const move = keys.get(event.key)
    if (!isCancelled && !move) return
    event.preventDefault()
    event.stopPropagation()
    if (!isCancelled) move?.()
  }

  return (
    <div
      ref={element}
      className={styles.canvas}
      data-tool={tool}
      data-moving={moving}
      data-hovers={hovered !== null}
      role="application"
      aria-label={label}
      aria-describedby="map-keys"
      {...{ tabIndex: 0, onKeyDown, ...gestures.handlers }}
    >
      <canvas ref={canvas} />
      {gestures.outline.length > 1 && (
        <svg className={styles.outline} aria-hidden="true">
          <polygon points={gestures.outline.map(({ x, y }) => `${x},${y}`).join(' ')} />
        </svg>
      )}
      {hovered && !moving && (
        <div className={styles.hover} style={beside(hovered.at, size)}>
          {props.hoverCard(hovered.point)}
        </div>
      )}
      <p id="map-keys" className="spoken">
        Arrow keys move the map, plus and minus zoom, 0 shows all of it. The examples in view are listed
        below.
      </p>
      <ScaleNote zoom={view.scale / whole.scale} />
    </div>
  )
}

function ScaleNote({ zoom }: { zoom: number }) {
  if (Math.abs(zoom - 1) < 0.02) return null
  return <span className={styles.zoom}>{zoom < 10 ? zoom.toFixed(1) : Math.round(zoom)}×</span>
}

/** Above or below the pointer, whichever has room. */
function beside({ x, y }: Place, { width, height }: Size): React.CSSProperties {
  return {
    ...(x > width / 2 ? { right: width - x + 14 } : { left: x + 14 }),
    ...(y > height / 2 ? { bottom: height - y + 14 } : { top: y + 14 }),
  }
}

const INK = ['var(--ink)', 'var(--paper)', 'var(--faint-point)', 'var(--excitatory)', 'var(--inhibitory)']

/** Draws when something changed, at most once a frame. */
function useDrawing(
  scene: Omit<Scene, 'colours'>,
  colours: readonly string[],
  names: readonly ClassName[],
  { view, whole, moving }: { view: Viewport; whole: Viewport; moving: boolean },
  size: Size,
) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const resolved = useResolvedColours(colours)
  const [dark, paper, faint, raises, lowers] = useResolvedColours(INK)
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      const context = canvas.current?.getContext('2d')
      if (!context) return
      const density = fitted(context.canvas, size)
      context.setTransform(density, 0, 0, density, 0, 0)
      const ink: Ink = { ink: dark, paper, faint, raises, lowers }
      const drawing = { context, scene: { ...scene, colours: resolved }, view, size }
      drawMap(drawing, { zoom: view.scale / whole.scale, ink, moving })
      drawNames(context, names, place => toScreen(view, size, place), ink)
    })
    return () => cancelAnimationFrame(frame)
  }, [scene, resolved, names, view, whole, moving, size, dark, paper, faint, raises, lowers])
  return canvas
}

/** Gives a canvas the pixels of its size on this screen, and answers how many there are to one of CSS. */
function fitted(canvas: HTMLCanvasElement, { width, height }: Size): number {
  const density = Math.min(window.devicePixelRatio || 1, 2)
  const [across, down] = [Math.round(width * density), Math.round(height * density)]
  if (canvas.width !== across) canvas.width = across
  if (canvas.height !== down) canvas.height = down
  return density
}

/** The wheel zooms instead of scrolling; React's own listeners cannot hold the page. */
function useWheel(
  element: React.RefObject<HTMLElement | null>,
  zoom: (factor: number, at: Place) => void,
): void {
  const latest = useRef(zoom)
  latest.current = zoom
  useEffect(() => {
    const target = element.current
    if (!target) return
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault()
      const { left, top } = target.getBoundingClientRect()
      const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1)
      latest.current(Math.exp(-pixels / 400), { x: event.clientX - left, y: event.clientY - top })
    }
    target.addEventListener('wheel', onWheel, { passive: false })
    return () => target.removeEventListener('wheel', onWheel)
  }, [element])
}
