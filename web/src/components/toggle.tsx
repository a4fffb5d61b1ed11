import type { ReactNode } from 'react'
import { Switch } from 'react-aria-components'
import styles from './toggle.module.css'

interface ToggleProps {
  readonly isOn: boolean
  readonly onChange: (isOn: boolean) => void
  /** What is on or off, in words */
  readonly children: ReactNode
}

/** Switches something on and off. */
export function Toggle({ isOn, onChange, children }: ToggleProps) {
  return (
    <Switch className={styles.switch ?? ''} isSelected={isOn} onChange={onChange}>
      <span className={styles.knob} aria-hidden="true" /> {children}
    </Switch>
  )
}
