// First, since it says in which order layers come.
import './styles/tokens.css'
import 'virtual:palette.css'
import 'virtual:charts.css'
import './styles/base.css'

import { createRoot } from 'react-dom/client'
import { App, startTheme } from './app.tsx'
import { serverSource } from './source/server-source.ts'
import { followAddress, historyPlace } from './view/view-store.ts'

startTheme()
followAddress(historyPlace(window))
createRoot(document.getElementById('app') as HTMLElement).render(
  <App source={serverSource(new URL('.', window.location.href))} />,
)
