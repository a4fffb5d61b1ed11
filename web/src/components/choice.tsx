import { useId } from 'react'
import styles from './choice.module.css'

interface ChoiceProps {
  readonly label: string
  readonly value: string
  readonly options: readonly { readonly value: string; readonly text: string }[]
  readonly onChange: (value: string) => void
  /** Whether the label is only spoken. */
  readonly bare?: boolean
}

/** One of many, by the browser's own list: it works everywhere, phones too. */
export function Choice({ label, value, options, onChange, bare = false }: ChoiceProps) {
  const id = useId()
  return (
    <span className={styles.choice}>
      <label htmlFor={id} className={bare ? 'spoken' : styles.label}>
        {label}
      </label>
      <select id={id} value={value} onChange={event => onChange(event.target.value)}>
        {options.map(option => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
    </span>
  )
}
