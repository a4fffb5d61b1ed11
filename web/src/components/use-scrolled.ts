import { type RefObject, useLayoutEffect, useState } from 'react'

interface Scrolled {
  /** In CSS pixels, as are the sizes of what is seen */
  readonly scrolled: number
  readonly width: number
  readonly height: number
}

/** How large a scrolling box is, and how far it is scrolled, once a frame at most. */
export function useScrolled(box: RefObject<HTMLElement | null>): Scrolled {
  const [state, setState] = useState<Scrolled>({ scrolled: 0, width: 0, height: 0 })
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    let frame = 0
    const read = (): void => {
      frame = 0
      setState({ scrolled: element.scrollTop, width: element.clientWidth, height: element.clientHeight })
    }
    const later = (): void => {
      frame ||= requestAnimationFrame(read)
    }
    read()
    const sizes = new ResizeObserver(later)
    sizes.observe(element)
    element.addEventListener('scroll', later, { passive: true })
    return () => {
      cancelAnimationFrame(frame)
      sizes.disconnect()
      element.removeEventListener('scroll', later)
    }
  }, [box])
  return state
}
