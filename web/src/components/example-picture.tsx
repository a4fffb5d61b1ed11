import { useState } from 'react'
import { displaySize } from '../../../src/views/picture.ts'
import { useExplainer } from '../source/explainer-context.tsx'
import { useSource } from '../source/source-context.tsx'
import type { Split } from '../view/view.ts'
import styles from './example-picture.module.css'

interface ExamplePictureProps {
  readonly split: Split
  readonly row: number
  /** Of the square that it stands in, in CSS pixels */
  readonly size: number
  /** What it shows; empty where the words stand beside it */
  readonly alt: string
  /** A word in its place where it has no picture */
  readonly tile: string
}

/** An example's picture; where it has none, a tile with a word. Takes the same place either way. */
export function ExamplePicture({ split, row, size, alt, tile }: ExamplePictureProps) {
  const { info } = useExplainer()
  const source = useSource()
  const src = info.pictures[split] ? source.pictureUrl(info.fingerprint, split, row) : null
  return src === null ? (
    <Tile size={size} text={tile} />
  ) : (
    <FittedPicture src={src} size={size} alt={alt} tile={tile} />
  )
}

interface FittedPictureProps {
  readonly src: string
  readonly size: number
  readonly alt: string
  readonly tile: string
}

/** A picture as large as its square allows: small ones grow by a whole factor, so that their pixels stay square. */
export function FittedPicture({ src, size, alt, tile }: FittedPictureProps) {
  const [broken, setBroken] = useState<string | null>(null)
  if (broken === src) return <Tile size={size} text={tile} />
  return (
    <span className={styles.box} style={{ width: size, height: size }}>
      <img
        src={src}
        alt={alt}
        width={size}
        height={size}
        decoding="async"
        onLoad={({ currentTarget }) => fit(currentTarget, size)}
        onError={() => setBroken(src)}
      />
    </span>
  )
}

/** Without another rendering: a gallery shows hundreds of these while it scrolls. */
function fit(image: HTMLImageElement, box: number): void {
  const { width, height, enlarged } = displaySize(
    { width: image.naturalWidth, height: image.naturalHeight },
    box,
  )
  image.style.width = `${width}px`
  image.style.height = `${height}px`
  image.style.imageRendering = enlarged ? 'pixelated' : 'auto'
}

function Tile({ size, text }: { size: number; text: string }) {
  return (
    <span className={`${styles.box} ${styles.tile}`} style={{ width: size, height: size }} aria-hidden="true">
      <span>{text}</span>
    </span>
  )
}
