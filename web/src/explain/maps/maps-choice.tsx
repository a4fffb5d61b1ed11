import { Segments } from '../../components/segments.tsx'
import { useGo, useView } from '../../view/view-store.ts'
import styles from './maps.module.css'
import { type ShownMaps, useHasMaps, useShownMaps } from './use-maps.ts'

const WORDS: { readonly [S in ShownMaps]: string } = { off: 'Off', whole: 'Whole', parts: 'Parts' }

/** Chooses whether it is shown where an input looks, and by which training examples. */
export function MapsChoice() {
  const { choices } = useView()
  const go = useGo()
  const shown = useShownMaps()
  if (!useHasMaps()) return null
  const change = (to: ShownMaps): void => {
    const { maps: _, ...others } = choices
    go({ choices: to === 'off' ? others : { ...others, maps: to } })
  }
  return (
    <span className={styles.choice}>
      <span className={styles.label} aria-hidden="true">
        Where it looks
      </span>
      <Segments
        label="Where it looks"
        value={shown}
        options={(Object.keys(WORDS) as ShownMaps[]).map(value => ({ value, text: WORDS[value] }))}
        onChange={change}
      />
    </span>
  )
}
