// First, since it says in which order layers come.
import './styles/tokens.css'
import 'virtual:palette.css'
import 'virtual:charts.css'
import './styles/base.css'

import { createRoot } from 'react-dom/client'
import { App, startTheme } from './app.tsx'
import { reportSource } from './source/report-source.ts'
import { followAddress, hashPlace } from './view/view-store.ts'

startTheme()
followAddress(hashPlace(window))
createRoot(document.getElementById('app') as HTMLElement).render(
  <App source={reportSource(window.representerReport)} />,
)
