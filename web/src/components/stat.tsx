import type { ReactNode } from 'react'
import styles from './stat.module.css'

/** Facts side by side. */
export function Stats({ children }: { children: ReactNode }) {
  return <dl className={styles.stats}>{children}</dl>
}

interface StatProps {
  readonly name: string
  readonly children: ReactNode
  /** A few words below */
  readonly note?: ReactNode
  readonly large?: boolean
}

/** One fact: what it is, and how much. */
export function Stat({ name, children, note, large = false }: StatProps) {
  return (
    <div className={large ? styles.large : styles.stat}>
      <dt>{name}</dt>
      <dd>{children}</dd>
      {note && <dd className={styles.note}>{note}</dd>}
    </div>
  )
}
