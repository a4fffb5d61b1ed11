import { Button } from '../components/button.tsx'
import { ThemeIcon } from '../components/icons.tsx'
import { THEMES, usePreferences } from './preferences.ts'

const WORDS = { system: 'as the system', light: 'light', dark: 'dark' } as const

/** Goes from one theme to the next: as the system has it, light, dark. */
export function ThemeToggle() {
  const { theme, prefer } = usePreferences()
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]
  return (
    <Button
      look="quiet"
      aria-label={`Theme: ${WORDS[theme]}. Change to ${WORDS[next]}`}
      onPress={() => prefer({ theme: next })}
    >
      <ThemeIcon />
      <span aria-hidden="true">{theme === 'system' ? 'Auto' : theme === 'light' ? 'Light' : 'Dark'}</span>
    </Button>
  )
}
