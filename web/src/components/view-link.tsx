import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useAddress } from '../view/view-store.ts'
import type { View } from '../view/view.ts'

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
  return (
    <Link
      href={useAddress(to)}
      {...(className && { className })}
      {...(label && { 'aria-label': label })}
      {...(current && { 'aria-current': 'page' as const })}
    >
      {children}
    </Link>
  )
}
