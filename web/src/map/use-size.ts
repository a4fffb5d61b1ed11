import { type RefObject, useLayoutEffect, useState } from 'react'
import type { Size } from './viewport.ts'

/** The size of an element in CSS pixels, as it changes; null before it has one. */
export function useSize(element: RefObject<HTMLElement | null>): Size | null {
  const [size, setSize] = useState<Size | null>(null)
  useLayoutEffect(() => {
    if (!element.current) return
    const observer = new ResizeObserver(([{ contentRect }]) => {
      const { width, height } = contentRect
      if (width > 0 && height > 0) setSize({ width, height })
    })
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element])
  return size
}
