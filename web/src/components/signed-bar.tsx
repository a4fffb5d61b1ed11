import styles from './signed-bar.module.css'

interface SignedBarProps {
  readonly value: number
  /** What fills one side */
  readonly scale: number
  readonly kind?: 'signed' | 'total'
}

/** A value as a bar from zero in the middle. Hidden from screen readers: the value stands beside it. */
export function SignedBar({ value, scale, kind = 'signed' }: SignedBarProps) {
  const length = scale > 0 && Number.isFinite(value) ? 50 * Math.min(1, Math.abs(value) / scale) : 0
  const look = kind === 'total' ? styles.total : value < 0 ? styles.inhibitory : styles.excitatory
  return (
    <span className={styles.bar} aria-hidden="true">
      <span
        className={look}
        style={{ insetInlineStart: `${value < 0 ? 50 - length : 50}%`, width: `${length}%` }}
      />
    </span>
  )
}
