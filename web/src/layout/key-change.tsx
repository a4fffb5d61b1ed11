import { type KeyboardEvent, useState } from 'react'
import { nameOfKey, withKey } from './key-names.ts'
import styles from './key-sheet.module.css'
import { usePreferences } from './preferences.ts'
import { keysOf, keyWords, type Shortcut, useShortcutGroups } from './shortcuts.ts'

/** The keys of a shortcut, as a button that gives it another: pressed, it takes the next key. */
export function KeyChange({ shortcut }: { shortcut: Omit<Shortcut, 'run'> }) {
  const { keys: chosen, prefer } = usePreferences()
  const { groups } = useShortcutGroups()
  const [isWaiting, setWaiting] = useState(false)
  // Two names of one key, as keyboards differ, are shown once.
  const keys = [...new Set(keysOf(shortcut, chosen).map(keyWords))]

  const take = (event: KeyboardEvent): void => {
    if (!isWaiting || event.key === 'Tab') return
    event.preventDefault()
    event.stopPropagation()
    const name = nameOfKey(event)
    if (name === null && event.key !== 'Escape') return
    setWaiting(false)
    const all = groups.flatMap(group => group.shortcuts)
    if (name !== null) prefer({ keys: withKey(chosen, all, shortcut.id, name) })
  }
  return (
    <button
      type="button"
      className={styles.change}
      aria-label={
        isWaiting
          ? `Press the new key to ${shortcut.what}`
          : `Change the key for ${shortcut.what}, now ${keys.join(' or ')}`
      }
      onClick={() => setWaiting(true)}
      onBlur={() => setWaiting(false)}
      onKeyDown={take}
    >
      {isWaiting ? <em>press a key</em> : keys.map(key => <kbd key={key}>{key}</kbd>)}
    </button>
  )
}
