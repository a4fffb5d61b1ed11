import { useEffect, useRef, useState } from 'react'

/**
 * Takes a file that is dropped anywhere on the page, where a browser would leave the page to show it; nothing where
 * `take` is null. Answers whether one is being dragged over it.
 */
export function useFileDrop(take: ((file: File) => void) | null): boolean {
  const latest = useRef(take)
  latest.current = take
  const [isOver, setOver] = useState(false)
  const takes = take !== null
  useEffect(() => {
    if (!takes) return
    // A picture of the page itself is dragged as a file too, but is none of the user's.
    let isOwn = false
    const over = (event: DragEvent): void => {
      if (isOwn || !event.dataTransfer?.types.includes('Files')) return
      event.preventDefault()
      event.dataTransfer.dropEffect = 'copy'
      setOver(true)
    }
    const leave = (event: DragEvent): void => {
      // From one element to the next it is still over the page.
      if (event.relatedTarget === null) setOver(false)
    }
    const drop = (event: DragEvent): void => {
      setOver(false)
      const file = event.dataTransfer?.files[0]
      if (isOwn || !file) return
      event.preventDefault()
      latest.current?.(file)
    }
    const listeners: { readonly [type: string]: (event: DragEvent) => void } = {
      dragstart: () => {
        isOwn = true
      },
      dragend: () => {
        isOwn = false
      },
      dragenter: over,
      dragover: over,
      dragleave: leave,
      drop,
    }
    const entries = Object.entries(listeners) as [keyof WindowEventMap, EventListener][]
    for (const [type, listener] of entries) window.addEventListener(type, listener)
    return () => {
      for (const [type, listener] of entries) window.removeEventListener(type, listener)
    }
  }, [takes])
  return isOver
}
