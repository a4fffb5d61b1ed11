import { useEffect, useRef } from 'react'

/**
 * Goes to the top when something else is shown: what was pressed to get there is gone. The focus goes to the
 * content where it was lost with that, and stays where it is else.
 */
export function useFromTop(shown: string): void {
  const before = useRef(shown)
  useEffect(() => {
    if (before.current === shown) return
    before.current = shown
    window.scrollTo(0, 0)
    if (document.activeElement === document.body) document.querySelector<HTMLElement>('main')?.focus()
  }, [shown])
}
