import { useEffect, useRef } from 'react'
import { tinykeys } from 'tinykeys'
import { create } from 'zustand'
import { isCharacter } from './key-names.ts'
import { usePreferences } from './preferences.ts'

/** A key that does something, as the sheet of keys names it. */
export interface Shortcut {
  /** Never changes: other keys that a person chose are kept under it */
  readonly id: string
  /** As tinykeys writes them: `j`, `Shift+Z`, `ArrowDown`; several stand in a row */
  readonly keys: readonly string[]
  /** What it does: "keep the label" */
  readonly what: string
  readonly run: (event: KeyboardEvent) => void
}

export interface ShortcutGroup {
  readonly title: string
  readonly shortcuts: readonly Omit<Shortcut, 'run'>[]
}

/** The groups of what is on the screen now: what the sheet of keys shows. */
export const useShortcutGroups = create<{ readonly groups: readonly ShortcutGroup[] }>(() => ({ groups: [] }))

/** The keys of a shortcut: those of the person, else its own. */
export const keysOf = (
  { id, keys }: Pick<Shortcut, 'id' | 'keys'>,
  chosen: Readonly<Record<string, string>>,
): readonly string[] => (chosen[id] === undefined ? keys : [chosen[id]])

/** Binds keys while a component is on the screen, unless a person is typing or has switched them off. */
export function useShortcuts(title: string, shortcuts: readonly Shortcut[]): void {
  const { shortcuts: enabled, keys: chosen } = usePreferences()
  const latest = useRef(shortcuts)
  latest.current = shortcuts
  // What to bind, as text: bound again when it says something else, not whenever closures are new.
  const bound = JSON.stringify(shortcuts.map(({ run, ...shortcut }) => [shortcut, keysOf(shortcut, chosen)]))

  useEffect(() => {
    const bindings = JSON.parse(bound) as readonly (readonly [Omit<Shortcut, 'run'>, readonly string[]])[]
    const group: ShortcutGroup = { title, shortcuts: bindings.map(([shortcut]) => shortcut) }
    useShortcutGroups.setState(({ groups }) => ({ groups: [...groups, group] }))
    const release = tinykeys(
      window,
      Object.fromEntries(
        bindings.flatMap(([, keys], at) =>
          keys.map(key => [
            key,
            (event: KeyboardEvent) => {
              if (!isTaken(event, enabled)) latest.current[at].run(event)
            },
          ]),
        ),
      ),
    )
    return () => {
      release()
      useShortcutGroups.setState(({ groups }) => ({ groups: groups.filter(other => other !== group) }))
    }
  }, [title, bound, enabled])
}

/** Whether a key is meant for what has the focus, or for nothing. */
function isTaken(event: KeyboardEvent, enabled: boolean): boolean {
  if (event.defaultPrevented || event.isComposing) return true
  if (!enabled && isCharacter(event) && !event.ctrlKey && !event.metaKey && !event.altKey) return true
  const target = event.target instanceof Element ? event.target : null
  if (target?.closest('input, textarea, select, [contenteditable="true"]')) return true
  // What is open over the page has keys of its own.
  return target?.closest('[role="dialog"], [role="menu"]') != null
}

const WORDS: Readonly<Record<string, string>> = {
  ArrowDown: '↓',
  ArrowUp: '↑',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  'Shift+?': '?',
}

/** A key as it stands on a keyboard. */
export const keyWords = (key: string): string =>
  WORDS[key] ??
  key
    .split('+')
    .map(part => WORDS[part] ?? part.replace(/^(Key|Digit)(?=.)/, ''))
    .map(part => (part.length === 1 ? part.toUpperCase() : part))
    .join(' ')
