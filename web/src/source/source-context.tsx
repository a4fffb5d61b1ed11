import { createContext, type ReactNode, useContext } from 'react'
import type { Source } from './source.ts'

const SourceContext = createContext<Source | null>(null)

/** Gives the screens below what they take their data from. */
export function SourceProvider({ source, children }: { source: Source; children: ReactNode }) {
  return <SourceContext value={source}>{children}</SourceContext>
}

/** Where data comes from. */
export function useSource(): Source {
  const source = useContext(SourceContext)
  if (!source) throw new Error('useSource: expected a SourceProvider around it')
  return source
}
