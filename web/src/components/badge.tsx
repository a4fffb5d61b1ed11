import type { ReactNode } from 'react'
import styles from './badge.module.css'

/** A word about what it stands beside. */
export function Badge({
  look = 'plain',
  children,
}: {
  look?: 'plain' | 'wrong' | 'strong'
  children: ReactNode
}) {
  return <span className={`${styles.badge} ${styles[look]}`}>{children}</span>
}
