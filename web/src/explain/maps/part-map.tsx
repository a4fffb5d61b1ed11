import { createContext, useContext } from 'react'
import type { MapsAnswer } from '../../../../src/server/wire.ts'
import { percent } from '../../../../src/views/numbers.ts'
import { FittedPicture } from '../../components/example-picture.tsx'
import styles from './maps.module.css'

/** The maps of what is explained, whose parts stand beside the training examples; null where none are shown. */
export const PartMaps = createContext<MapsAnswer | null>(null)

/** What a training example contributes to the map. */
export function PartMap({ row, id }: { row: number; id: string }) {
  const part = useContext(PartMaps)?.parts.find(part => part.row === row)
  if (!part) return null
  const share = part.share === null ? '' : percent(part.share)
  return (
    <span className={styles.part}>
      <FittedPicture src={part.picture.src} tile="map" size={56} alt={`The part of ${id} in the map`} />
      <span className={`number ${styles.share}`}>
        <span className="spoken">share of the map: </span>
        {share}
      </span>
    </span>
  )
}
