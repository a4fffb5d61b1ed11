import styles from './search-box.module.css'

interface SearchBoxProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
}

/** A text to look for. */
export function SearchBox({ label, value, onChange }: SearchBoxProps) {
  return (
    <input
      type="search"
      className={styles.box}
      aria-label={label}
      placeholder={`${label} …`}
      value={value}
      onChange={event => onChange(event.target.value)}
    />
  )
}
