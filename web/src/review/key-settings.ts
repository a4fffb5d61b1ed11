import { COMMANDS, DEFAULT_KEYS, type KeyMap } from './keys.ts'

/** How a person wants the review to go; kept by the browser. */
export interface ReviewSettings {
  readonly keys: KeyMap
  /** Whether single characters do something */
  readonly characters: boolean
  /** Whether a decision moves on to the next suspect */
  readonly advance: boolean
}

export const DEFAULT_SETTINGS: ReviewSettings = { keys: DEFAULT_KEYS, characters: true, advance: true }

/** What was kept, as far as it can be read: the rest is as it is without. */
export function parseSettings(text: string | null): ReviewSettings {
  const kept = parsed(text)
  const keys = recordOf(kept.keys)
  const isKeys = (value: unknown): value is string[] =>
    Array.isArray(value) && value.every(key => typeof key === 'string' && key !== '')
  return {
    keys: Object.fromEntries(
      COMMANDS.map(command => [command, isKeys(keys[command]) ? keys[command] : DEFAULT_KEYS[command]]),
    ) as KeyMap,
    characters: typeof kept.characters === 'boolean' ? kept.characters : DEFAULT_SETTINGS.characters,
    advance: typeof kept.advance === 'boolean' ? kept.advance : DEFAULT_SETTINGS.advance,
  }
}

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

function parsed(text: string | null): Record<string, unknown> {
  try {
    return recordOf(JSON.parse(text ?? '{}'))
  } catch {
    return {}
  }
}
