import type { MapPicture as Drawn } from '../../../../src/server/wire.ts'
import { displaySize } from '../../../../src/views/picture.ts'
import styles from './maps.module.css'

/** A map over its picture, as large as its square allows. */
export function MapPicture({ picture, size, alt }: { picture: Drawn; size: number; alt: string }) {
  const { width, height, enlarged } = displaySize(picture, size)
  return (
    <span className={styles.box} style={{ width: size, height: size }}>
      <img
        src={picture.src}
        alt={alt}
        width={width}
        height={height}
        className={enlarged ? styles.enlarged : undefined}
      />
    </span>
  )
}
