import { type ReactNode, useEffect, useRef } from 'react'
import { useExplainer } from '../source/explainer-context.tsx'
import { SCREENS } from '../view/view.ts'
import { unwound, useGo, useView, useViewStore } from '../view/view-store.ts'
import { Header, SCREEN_NAMES } from './header.tsx'
import { KeySheet } from './key-sheet.tsx'
import { NO_SCREEN } from './nowhere.tsx'
import styles from './shell.module.css'
import { useShortcuts } from './shortcuts.ts'
import { Toasts } from './toasts.tsx'

/** What stands around every screen. */
export function Shell({ children }: { children: ReactNode }) {
  const { info } = useExplainer()
  const { screen } = useView()
  const go = useGo()
  const main = useRef<HTMLElement>(null)
  const before = useRef(screen)

  // A new screen is read from its top, by people who hear it too.
  useEffect(() => {
    document.title = `${typeof screen === 'object' ? NO_SCREEN : SCREEN_NAMES[screen]} · ${info.name}`
    if (before.current === screen) return
    before.current = screen
    window.scrollTo(0, 0)
    main.current?.focus({ preventScroll: true })
  }, [screen, info.name])

  useShortcuts('Screens', [
    ...SCREENS.map((name, at) => ({
      id: `screen.${name}`,
      keys: [`Alt+Digit${at + 1}`],
      what: SCREEN_NAMES[name],
      run: () => go({ screen: name }),
    })),
    {
      id: 'unwind',
      keys: ['Escape'],
      what: 'clear the selection, then the filters',
      run: () => {
        const change = unwound(useViewStore.getState().view)
        if (change) go(change)
      },
    },
  ])

  return (
    <>
      <button type="button" className={styles.skip} onClick={() => main.current?.focus()}>
        Skip to the content
      </button>
      <Header />
      <main ref={main} tabIndex={-1} className={styles.main}>
        {children}
      </main>
      <KeySheet />
      <Toasts />
    </>
  )
}
