import { type Key, ToggleButton, ToggleButtonGroup } from 'react-aria-components'
import styles from './segments.module.css'

interface SegmentsProps<T extends string> {
  readonly label: string
  readonly value: T
  readonly options: readonly { readonly value: T; readonly text: string; readonly disabled?: boolean }[]
  readonly onChange: (value: T) => void
}

/** One of a few, all of them seen. */
export function Segments<T extends string>({ label, value, options, onChange }: SegmentsProps<T>) {
  return (
    <ToggleButtonGroup
      aria-label={label}
      className={styles.segments}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      onSelectionChange={(keys: Set<Key>) => onChange([...keys][0] as T)}
    >
      {options.map(option => (
        <ToggleButton
          key={option.value}
          id={option.value}
          isDisabled={option.disabled ?? false}
          className={styles.segment}
        >
          {option.text}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  )
}
