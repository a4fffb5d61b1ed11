import { QueryClientProvider } from '@tanstack/react-query'
import { lazy, StrictMode, Suspense, useState } from 'react'
import { Route, Router, Switch } from 'wouter'
import { Failure, Loading } from './components/states.tsx'
import { showTheme, usePreferences } from './layout/preferences.ts'
import { Shell } from './layout/shell.tsx'
import { ExplainScreen } from './explain/explain-screen.tsx'
import { OverviewScreen } from './overview/overview-screen.tsx'
import { ExplainerProvider } from './source/explainer-context.tsx'
import { createQueryClient, useExplainerQuery } from './source/queries.ts'
import type { Source } from './source/source.ts'
import { SourceProvider } from './source/source-context.tsx'
import { useViewStore } from './view/view-store.ts'
import { parseView, pathOf } from './view/view-state.ts'

const ExamplesScreen = lazy(() => import('./examples/examples-screen.tsx'))
const MistakesScreen = lazy(() => import('./mistakes/mistakes-screen.tsx'))
const ReviewScreen = lazy(() => import('./review/review-screen.tsx'))
const MapScreen = lazy(() => import('./map/map-screen.tsx'))

/** The application, on whatever its data comes from. The address is followed already. */
export function App({ source }: { source: Source }) {
  const [client] = useState(createQueryClient)
  const place = useViewStore(store => store.place)
  return (
    <StrictMode>
      <QueryClientProvider client={client}>
        <SourceProvider source={source}>
          <Router hook={useViewLocation} hrefs={place.href}>
            <Opened />
          </Router>
        </SourceProvider>
      </QueryClientProvider>
    </StrictMode>
  )
}

/** wouter's location is the view's: it has one address, wherever that stands. */
function useViewLocation(): [string, (to: string) => void] {
  const { view, go } = useViewStore()
  return [pathOf(view), to => go(parseView(to))]
}

/** The screens, when it is known what was fitted. */
function Opened() {
  const query = useExplainerQuery()
  if (query.isError) {
    return <Failure what="The explainer" error={query.error} retry={() => void query.refetch()} />
  }
  if (!query.data) return <Loading what="the explainer" />
  return (
    <ExplainerProvider info={query.data}>
      <Shell>
        <Suspense fallback={<Loading what="the screen" />}>
          <Switch>
            <Route path="/explain" component={ExplainScreen} />
            <Route path="/mistakes" component={MistakesScreen} />
            <Route path="/review" component={ReviewScreen} />
            <Route path="/map" component={MapScreen} />
            <Route path="/examples" component={ExamplesScreen} />
            <Route component={OverviewScreen} />
          </Switch>
        </Suspense>
      </Shell>
    </ExplainerProvider>
  )
}

/** Colours the page as this browser's person likes it. */
export const startTheme = (): void => showTheme(usePreferences.getState().theme)
