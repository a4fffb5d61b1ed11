import { useState } from 'react'
import { Button } from '../components/button.tsx'
import { MenuIcon } from '../components/icons.tsx'
import { ViewLink } from '../components/view-link.tsx'
import { useExplainer } from '../source/explainer-context.tsx'
import { SCREENS, type Screen } from '../view/view.ts'
import { useView } from '../view/view-store.ts'
import { CopyLink } from './copy-link.tsx'
import styles from './header.module.css'
import { JobIndicator } from './job-indicator.tsx'
import { useKeySheet } from './key-sheet.tsx'
import { ThemeToggle } from './theme-toggle.tsx'

export const SCREEN_NAMES: Readonly<Record<Screen, string>> = {
  overview: 'Overview',
  explain: 'Explain',
  mistakes: 'Mistakes',
  review: 'Review',
  map: 'Map',
  examples: 'Examples',
}

/** What is being looked at, and the ways to every screen. */
export function Header() {
  const { info } = useExplainer()
  const { screen } = useView()
  const [open, setOpen] = useState(false)
  return (
    <header className={styles.header}>
      <div className={styles.bar}>
        <ViewLink to={{ screen: 'overview' }} className={styles.name} label={`${info.name}: overview`}>
          <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
            <rect className={styles.up} x="10" y="2" width="8" height="4" rx="1" />
            <rect className={styles.down} x="4" y="8" width="6" height="4" rx="1" />
            <rect className={styles.up} x="10" y="14" width="5" height="4" rx="1" />
            <rect className={styles.axis} x="9.5" y="0" width="1" height="20" />
          </svg>
          <span title={info.directory}>{info.name}</span>
        </ViewLink>
        <nav aria-label="Screens" className={open ? styles.open : styles.nav}>
          <ul>
            {SCREENS.map(name => (
              <li key={name} onClickCapture={() => setOpen(false)}>
                <ViewLink to={{ screen: name }} className={styles.link} current={name === screen}>
                  {SCREEN_NAMES[name]}
                </ViewLink>
              </li>
            ))}
          </ul>
        </nav>
        <div className={styles.tools}>
          <JobIndicator />
          <CopyLink />
          <ThemeToggle />
          <Button look="quiet" aria-label="Keys" onPress={() => useKeySheet.setState({ open: true })}>
            ?
          </Button>
          <Button
            look="quiet"
            className={styles.menu ?? ''}
            aria-label="Menu"
            aria-expanded={open}
            onPress={() => setOpen(!open)}
          >
            <MenuIcon />
          </Button>
        </div>
      </div>
    </header>
  )
}
