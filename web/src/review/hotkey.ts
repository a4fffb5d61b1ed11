import { usePreferences } from '../layout/preferences.ts'
import { keysOf, keyWords } from '../layout/shortcuts.ts'
import { type Command, idOf, REVIEW_KEYS } from './keys.ts'

/** The key of a command as its button shows it; undefined while single keys are switched off. */
export function useHotkey(command: Command): string | undefined {
  const { shortcuts, keys } = usePreferences()
  if (!shortcuts) return undefined
  return keyWords(keysOf({ id: idOf(command), keys: REVIEW_KEYS[command].keys }, keys)[0])
}
