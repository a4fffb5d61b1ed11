import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components'
import styles from './button.module.css'

interface ButtonProps extends AriaButtonProps {
  /** `main` is the one thing to do here; `quiet` has no edge. */
  readonly look?: 'plain' | 'main' | 'quiet'
  /** The key that does the same, shown beside the words. */
  readonly hotkey?: string | undefined
}

/** Something to press. */
export function Button({ look = 'plain', hotkey, children, className, ...props }: ButtonProps) {
  return (
    <AriaButton {...props} className={`${styles.button} ${styles[look]} ${className ?? ''}`}>
      {values => (
        <>
          {typeof children === 'function' ? children(values) : children}
          {hotkey && <kbd>{hotkey}</kbd>}
        </>
      )}
    </AriaButton>
  )
}
