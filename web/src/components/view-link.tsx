import type { MouseEvent, ReactNode } from 'react'
import type { View } from '../view/view.ts'
import { formatView } from '../view/view-state.ts'
import { useGo, useViewStore } from '../view/view-store.ts'

interface ViewLinkProps {
  /** How the view differs there */
  readonly to: Partial<View>
  readonly children: ReactNode
  readonly className?: string | undefined
  readonly label?: string
  readonly current?: boolean
}

/** A link to another view: it can be opened in a new tab and copied like any other. */
export function ViewLink({ to, children, className, label, current = false }: ViewLinkProps) {
  const href = useViewStore(({ view, place }) => place.href(formatView({ ...view, ...to })))
  const go = useGo()
  const follow = (event: MouseEvent): void => {
    // A new tab or window is the browser's to open.
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0) return
    event.preventDefault()
    go(to)
  }
  return (
    <a
      href={href}
      className={className}
      onClick={follow}
      aria-label={label}
      aria-current={current ? 'page' : undefined}
    >
      {children}
    </a>
  )
}
