import { useEffect, useMemo, useState } from 'react'

/**
 * Colours as a canvas takes them: what a style sheet says, such as `light-dark(…)` or `var(--ink)`, as it is in the
 * theme of now. They are found again when the theme changes.
 */
export function useResolvedColours(colours: readonly string[]): readonly string[] {
  const theme = useThemeChanges()
  const joined = colours.join('|')
  return useMemo(() => ({ theme, resolved: resolve(joined.split('|')) }), [joined, theme]).resolved
}

function resolve(colours: readonly string[]): string[] {
  const probe = document.body.appendChild(document.createElement('span'))
  try {
    return colours.map(colour => {
      probe.style.color = colour
      return getComputedStyle(probe).color
    })
  } finally {
    probe.remove()
  }
}

/** A number that grows with every change of theme, by the system or by the application. */
function useThemeChanges(): number {
  const [changes, setChanges] = useState(0)
  useEffect(() => {
    const change = (): void => setChanges(count => count + 1)
    const dark = window.matchMedia('(prefers-color-scheme: dark)')
    dark.addEventListener('change', change)
    const root = new MutationObserver(change)
    root.observe(document.documentElement, { attributes: true })
    return () => {
      dark.removeEventListener('change', change)
      root.disconnect()
    }
  }, [])
  return changes
}
