import { type PointerEvent, useRef, useState } from 'react'
import { boxBetween, cornersOf, type Place, thinned } from './geometry.ts'
import { type SelectMode, selectMode } from './selecting.ts'
import type { ViewportControl } from './use-viewport.ts'

export type Tool = 'pan' | 'lasso' | 'rectangle'

/** A hand that moved less, in pixels, meant a click. */
const CLICK_WITHIN = 4

/** Pixels between the corners of a lasso */
const LASSO_STEP = 3

interface Gesture {
  readonly from: Place
  readonly path: readonly Place[]
}

/** What pointers do on the map. Places are pixels of the canvas. */
export function useGestures(
  tool: Tool,
  viewport: ViewportControl,
  act: {
    click(at: Place, mode: SelectMode): void
    hover(at: Place | null): void
    /** The corners of a closed shape */
    shape(corners: readonly Place[], mode: SelectMode): void
  },
) {
  const pointers = useRef(new Map<number, Place>())
  const gesture = useRef<Gesture | null>(null)
  const [outline, setOutline] = useState<readonly Place[]>([])

  const cancel = (): boolean => {
    const isDrawing = outline.length > 0
    gesture.current = null
    setOutline([])
    return isDrawing
  }

  function drag(id: number, to: Place): void {
    const before = pointers.current.get(id)
    if (!before) return
    const others = [...pointers.current].filter(([other]) => other !== id)
    pointers.current.set(id, to)
    if (others.length > 0) {
      gesture.current = null
      setOutline([])
      pinch(viewport, others[0][1], before, to)
      return
    }
    if (!gesture.current) return
    if (tool === 'pan') {
      gesture.current = { ...gesture.current, path: [...gesture.current.path, to] }
      viewport.pan(to.x - before.x, to.y - before.y)
      return
    }
    const { from, path } = gesture.current
    const next = tool === 'rectangle' ? cornersOf(boxBetween(from, to)) : thinned([...path, to], LASSO_STEP)
    gesture.current = { from, path: next }
    setOutline(next)
  }

  function end(to: Place, mode: SelectMode): void {
    const done = gesture.current
    cancel()
    if (!done) return
    const far = [...done.path, to].some(
      ({ x, y }) => Math.hypot(x - done.from.x, y - done.from.y) > CLICK_WITHIN,
    )
    if (!far) act.click(to, mode)
    else if (tool !== 'pan' && done.path.length > 2) act.shape(done.path, mode)
  }

  return {
    outline,
    cancel,
    handlers: {
      onPointerDown: (event: PointerEvent<HTMLElement>) => {
        if (event.button !== 0) return
        event.currentTarget.setPointerCapture(event.pointerId)
        const at = placeOf(event)
        pointers.current.set(event.pointerId, at)
        gesture.current = pointers.current.size === 1 ? { from: at, path: [at] } : null
        act.hover(null)
      },
      onPointerMove: (event: PointerEvent<HTMLElement>) => {
        if (pointers.current.has(event.pointerId)) drag(event.pointerId, placeOf(event))
        else if (event.pointerType !== 'touch') act.hover(placeOf(event))
      },
      onPointerUp: (event: PointerEvent<HTMLElement>) => {
        if (!pointers.current.delete(event.pointerId)) return
        end(placeOf(event), selectMode(event))
      },
      onPointerCancel: (event: PointerEvent<HTMLElement>) => {
        pointers.current.delete(event.pointerId)
        cancel()
      },
      onPointerLeave: () => act.hover(null),
    },
  }
}

/** Two fingers hold two places of the map: one of them moved. */
function pinch(viewport: ViewportControl, still: Place, before: Place, now: Place): void {
  const apart = (a: Place): number => Math.max(Math.hypot(a.x - still.x, a.y - still.y), 1)
  viewport.pan((now.x - before.x) / 2, (now.y - before.y) / 2)
  viewport.zoom(apart(now) / apart(before), { x: (now.x + still.x) / 2, y: (now.y + still.y) / 2 })
}

function placeOf({ clientX, clientY, currentTarget }: PointerEvent<HTMLElement>): Place {
  const { left, top } = currentTarget.getBoundingClientRect()
  return { x: clientX - left, y: clientY - top }
}
