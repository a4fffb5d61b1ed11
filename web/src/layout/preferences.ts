import { create } from 'zustand'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

/** What a person likes, kept in this browser. */
export interface Preferences {
  readonly theme: Theme
  /** Whether single keys do things: people who speak their input switch that off (WCAG 2.1.4) */
  readonly shortcuts: boolean
  /** Other keys than a shortcut has of itself, by the shortcut's id */
  readonly keys: Readonly<Record<string, string>>
}

const NAME = 'representer-preferences'

const FIRST: Preferences = { theme: 'system', shortcuts: true, keys: {} }

interface PreferencesStore extends Preferences {
  prefer(change: Partial<Preferences>): void
}

export const usePreferences = create<PreferencesStore>((set, get) => ({
  ...read(),
  prefer(change) {
    set(change)
    const { theme, shortcuts, keys } = get()
    try {
      window.localStorage.setItem(NAME, JSON.stringify({ theme, shortcuts, keys }))
    } catch {
      // A browser that keeps nothing: the preference holds until the page is closed.
    }
    showTheme(theme)
  },
}))

function read(): Preferences {
  try {
    const kept = JSON.parse(window.localStorage.getItem(NAME) ?? '{}') as Partial<Preferences>
    return {
      theme: THEMES.find(theme => theme === kept.theme) ?? FIRST.theme,
      shortcuts: kept.shortcuts !== false,
      keys: typeof kept.keys === 'object' && kept.keys !== null ? kept.keys : FIRST.keys,
    }
  } catch {
    return FIRST
  }
}

/** Colours the page; `system` leaves it to the browser. */
export function showTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}
