import { Segments } from '../../components/segments.tsx'
import { useGo, useView } from '../../view/view-store.ts'
import styles from './maps.module.css'
import {
  type MapsMethod,
  METHODS,
  type ShownMaps,
  useHasMaps,
  useMapsMethod,
  useShownMaps,
} from './use-maps.ts'

const WORDS: { readonly [S in ShownMaps]: string } = { off: 'Off', whole: 'Whole', parts: 'Parts' }

/** Chooses whether it is shown where an input looks, by which training examples, and how that is found out. */
export function MapsChoice() {
  const { choices } = useView()
  const go = useGo()
  const shown = useShownMaps()
  const method = useMapsMethod()
  if (!useHasMaps()) return null
  const change = (to: ShownMaps): void => {
    const { maps: _, ...others } = choices
    go({ choices: to === 'off' ? others : { ...others, maps: to } })
  }
  const changeMethod = (to: MapsMethod): void => {
    const { by: _, ...others } = choices
    go({ choices: to === 'gradient' ? others : { ...others, by: to } })
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
      {shown !== 'off' && (
        <Segments
          label="Shown by"
          value={method}
          options={(Object.keys(METHODS) as MapsMethod[]).map(value => ({
            value,
            text: METHODS[value].text,
          }))}
          onChange={changeMethod}
        />
      )}
    </span>
  )
}
