import { createContext, type ReactNode, useContext, useMemo } from 'react'
import type { ExplainerInfo } from '../../../src/server/wire.ts'
import { type Names, namesOf } from '../names.ts'

interface Known {
  readonly info: ExplainerInfo
  readonly names: Names
}

const ExplainerContext = createContext<Known | null>(null)

/** Gives the screens below what is known of the explainer. */
export function ExplainerProvider({ info, children }: { info: ExplainerInfo; children: ReactNode }) {
  const known = useMemo(() => ({ info, names: namesOf(info) }), [info])
  return <ExplainerContext value={known}>{children}</ExplainerContext>
}

/** What was fitted, and what things are called. */
export function useExplainer(): Known {
  const known = useContext(ExplainerContext)
  if (!known) throw new Error('useExplainer: expected an ExplainerProvider around it')
  return known
}
