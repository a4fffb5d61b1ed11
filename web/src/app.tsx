import { QueryClientProvider } from '@tanstack/react-query'
import { type ComponentType, lazy, StrictMode, Suspense, useEffect, useState } from 'react'
import { Failure, Loading } from './components/states.tsx'
import { ExplainScreen } from './explain/explain-screen.tsx'
import { NowhereScreen } from './layout/nowhere.tsx'
import { showTheme, usePreferences } from './layout/preferences.ts'
import { ScreenBoundary } from './layout/screen-boundary.tsx'
import { Shell } from './layout/shell.tsx'
import { OverviewScreen } from './overview/overview-screen.tsx'
import { ExplainerProvider } from './source/explainer-context.tsx'
import { createQueryClient, useExplainerQuery } from './source/queries.ts'
import type { Source } from './source/source.ts'
import { SourceProvider } from './source/source-context.tsx'
import { settled } from './view/settled.ts'
import type { Screen } from './view/view.ts'
import { useGo, useView } from './view/view-store.ts'

const SCREENS: { readonly [S in Screen]: ComponentType } = {
  overview: OverviewScreen,
  explain: ExplainScreen,
  mistakes: lazy(() => import('./mistakes/mistakes-screen.tsx')),
  review: lazy(() => import('./review/review-screen.tsx')),
  map: lazy(() => import('./map/map-screen.tsx')),
  examples: lazy(() => import('./examples/examples-screen.tsx')),
}

/** The application, on whatever its data comes from. The address is followed already. */
export function App({ source }: { source: Source }) {
  const [client] = useState(createQueryClient)
  return (
    <StrictMode>
      <QueryClientProvider client={client}>
        <SourceProvider source={source}>
          <Opened />
        </SourceProvider>
      </QueryClientProvider>
    </StrictMode>
  )
}

/** The screens, when it is known what was fitted. */
function Opened() {
  const query = useExplainerQuery()
  const view = useView()
  const go = useGo()
  const change = query.data ? settled(view, query.data) : null
  useEffect(() => {
    if (change) go(change, 'replace')
  }, [change, go])
  if (query.isError) {
    return (
      <main>
        <h1 className="spoken">representer</h1>
        <Failure what="The explainer" error={query.error} retry={() => void query.refetch()} />
      </main>
    )
  }
  if (!query.data || change) return <Loading what="the explainer" />
  const Shown = typeof view.screen === 'object' ? NowhereScreen : SCREENS[view.screen]
  return (
    <ExplainerProvider info={query.data}>
      <Shell>
        <ScreenBoundary key={String(view.screen)} what="This screen">
          <Suspense fallback={<Loading what="the screen" />}>
            <Shown />
          </Suspense>
        </ScreenBoundary>
      </Shell>
    </ExplainerProvider>
  )
}

/** Colours the page as this browser's person likes it. */
export const startTheme = (): void => showTheme(usePreferences.getState().theme)
