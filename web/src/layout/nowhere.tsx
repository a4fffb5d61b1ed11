import { Empty } from '../components/states.tsx'
import { ViewLink } from '../components/view-link.tsx'
import { SCREENS } from '../view/view.ts'
import { useView } from '../view/view-store.ts'
import { SCREEN_NAMES } from './header.tsx'
import styles from './nowhere.module.css'

export const NO_SCREEN = 'No such screen'

/** An address that is no screen's, and the screens that there are. */
export function NowhereScreen() {
  const { screen } = useView()
  return (
    <>
      <h1>{NO_SCREEN}</h1>
      <Empty title="This address leads to none of the screens">
        {typeof screen === 'object' && (
          <p>
            <code>/{screen.nowhere}</code> may have been mistyped, or be of another version. These there are:
          </p>
        )}
        <ul className={styles.screens}>
          {SCREENS.map(name => (
            <li key={name}>
              <ViewLink to={{ screen: name }}>{SCREEN_NAMES[name]}</ViewLink>
            </li>
          ))}
        </ul>
      </Empty>
    </>
  )
}
