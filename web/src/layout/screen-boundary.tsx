import { Component, type ReactNode } from 'react'
import { Failure } from '../components/states.tsx'

interface ScreenBoundaryProps {
  /** The screen's name, as a sentence begins with it */
  readonly what: string
  readonly children: ReactNode
}

interface Fallen {
  readonly error: Error | null
}

/**
 * Says so where a screen breaks or cannot be fetched, and leaves the rest of the page as it is: React takes away
 * what throws and has no boundary around it.
 */
export class ScreenBoundary extends Component<ScreenBoundaryProps, Fallen> {
  override state: Fallen = { error: null }

  static getDerivedStateFromError(error: Error): Fallen {
    return { error }
  }

  override render(): ReactNode {
    const { error } = this.state
    const { what, children } = this.props
    if (error === null) return children
    return (
      <>
        <h1 className="spoken">{what}</h1>
        {/* The whole page anew, since what a screen consists of is fetched once. The view is in the address. */}
        <Failure what={what} error={error} retry={() => window.location.reload()} />
      </>
    )
  }
}
