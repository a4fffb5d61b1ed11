import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Box, Place } from './geometry.ts'
import { pannedBy, type Size, type Viewport, wholeView, zoomedAt } from './viewport.ts'

/** After so long without a move the map rests, and is drawn whole. */
const RESTS_AFTER_MS = 140

export interface ViewportControl {
  readonly view: Viewport
  readonly whole: Viewport
  /** Whether it is being panned or zoomed just now */
  readonly moving: boolean
  pan(dx: number, dy: number): void
  zoom(factor: number, at?: Place): void
  reset(): void
}

/**
 * What part of the map is shown. It is all of it until a person moves it, whatever the size becomes.
 *
 * @param onRest told where it came to rest; null for the whole map
 */
export function useViewport(
  box: Box,
  size: Size,
  first: Viewport | null,
  onRest: (view: Viewport | null) => void,
): ViewportControl {
  const [own, setOwn] = useState(first)
  const [moving, setMoving] = useState(false)
  const whole = useMemo(() => wholeView(box, size), [box, size])
  const told = useRef(onRest)
  told.current = onRest
  const isMoved = useRef(false)

  useEffect(() => {
    if (!isMoved.current) return
    const timer = setTimeout(() => {
      setMoving(false)
      told.current(own)
    }, RESTS_AFTER_MS)
    return () => clearTimeout(timer)
  }, [own])

  const move = useCallback(
    (next: (view: Viewport) => Viewport | null): void => {
      isMoved.current = true
      setMoving(true)
      setOwn(own => next(own ?? whole))
    },
    [whole],
  )
  return {
    view: own ?? whole,
    whole,
    moving,
    pan: (dx, dy) => move(view => pannedBy(view, dx, dy)),
    zoom: (factor, at = { x: size.width / 2, y: size.height / 2 }) =>
      move(view => zoomedAt(view, size, at, factor, whole)),
    reset: () => move(() => null),
  }
}
