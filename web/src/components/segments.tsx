import type { ReactNode } from 'react'
import { type Key, ToggleButton, ToggleButtonGroup } from 'react-aria-components'
import styles from './segments.module.css'

interface Segment<T extends string> {
  readonly value: T
  readonly text: string
  readonly icon?: ReactNode
  readonly disabled?: boolean
}

interface SegmentsProps<T extends string> {
  readonly label: string
  readonly value: T
  readonly options: readonly Segment<T>[]
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
          {option.icon}
          {option.text}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  )
}
