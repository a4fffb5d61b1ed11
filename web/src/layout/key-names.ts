/** What a key press has of a keyboard event. */
export interface PressedKey {
  readonly key: string
  readonly shiftKey: boolean
  readonly ctrlKey: boolean
  readonly altKey: boolean
  readonly metaKey: boolean
}

const NOT_TO_GIVE = new Set(
  'Shift Control Alt AltGraph Meta Tab Escape Enter CapsLock Dead Process Unidentified'.split(' '),
)

/** A key as tinykeys writes it: `j`, `Shift+Z`, `Shift+?`; null for what belongs to the browser. */
export function nameOfKey({ key, shiftKey, ctrlKey, altKey, metaKey }: PressedKey): string | null {
  if (ctrlKey || altKey || metaKey || key === ' ' || NOT_TO_GIVE.has(key)) return null
  if (shiftKey) return `Shift+${key.length === 1 ? key.toUpperCase() : key}`
  return key.length === 1 ? key.toLowerCase() : key
}

/** Whether a key types a character: those alone are set off by accident, by people who speak their input. */
export const isCharacter = ({ key }: Pick<PressedKey, 'key'>): boolean => key.length === 1

interface Keyed {
  readonly id: string
  readonly keys: readonly string[]
}

/**
 * Gives a key to a shortcut. Another that had it takes the one that becomes free, so that each can still be reached
 * and no key means two things.
 *
 * @param chosen keys of shortcuts by their ids, instead of their own
 */
export function withKey(
  chosen: Readonly<Record<string, string>>,
  shortcuts: readonly Keyed[],
  id: string,
  key: string,
): Record<string, string> {
  const keysNow = (shortcut: Keyed): readonly string[] =>
    chosen[shortcut.id] === undefined ? shortcut.keys : [chosen[shortcut.id]]
  const changed = shortcuts.find(shortcut => shortcut.id === id)
  if (!changed || keysNow(changed)[0] === key) return { ...chosen }
  const free = keysNow(changed)[0]
  const other = shortcuts.find(shortcut => shortcut.id !== id && keysNow(shortcut).includes(key))
  return { ...chosen, ...(other && { [other.id]: free }), [id]: key }
}
