import { create } from 'zustand'
import { CloseIcon } from '../components/icons.tsx'
import styles from './toasts.module.css'

interface Toast {
  readonly id: number
  readonly text: string
}

const useToasts = create<{ readonly toasts: readonly Toast[] }>(() => ({ toasts: [] }))

let told = 0

/** More than this are not read any more. */
const MOST = 4

/** Tells a person something that happened away from where they look; it stays until they close it. */
export function tell(text: string): void {
  useToasts.setState(({ toasts }) => ({
    toasts: [...toasts.filter(toast => toast.text !== text), { id: told++, text }].slice(-MOST),
  }))
}

const close = (id: number): void =>
  useToasts.setState(({ toasts }) => ({ toasts: toasts.filter(toast => toast.id !== id) }))

/** What was told, over the screen; read out by screen readers as it comes. */
export function Toasts() {
  const { toasts } = useToasts()
  return (
    <section className={styles.toasts} aria-label="Messages" aria-live="polite">
      {toasts.map(({ id, text }) => (
        <div key={id} className={styles.toast}>
          <p>{text}</p>
          <button type="button" aria-label="Close message" onClick={() => close(id)}>
            <CloseIcon />
          </button>
        </div>
      ))}
    </section>
  )
}
