import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Button } from './button.tsx'
import styles from './states.module.css'

/** What is being waited for, and why it may take long. */
export function Loading({ what, why }: { what: string; why?: string }) {
  return (
    <p className={styles.state} role="status">
      <span className={styles.wheel} aria-hidden="true" />
      Loading {what} …{why && ` ${why}`}
    </p>
  )
}

/** Nothing to show, and why. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={styles.state}>
      <h2>{title}</h2>
      {children}
    </div>
  )
}

/** What went wrong, in the words of whoever knows, and another try. */
export function Failure({ what, error, retry }: { what: string; error: Error; retry?: () => void }) {
  return (
    <div className={styles.state} role="alert">
      <h2>{what} could not be loaded</h2>
      <p className={styles.detail}>{error.message}</p>
      {retry && <Button onPress={retry}>Try again</Button>}
    </div>
  )
}

interface LoadedProps<T> {
  readonly query: UseQueryResult<T>
  /** What it brings, as a sentence begins with it: "The overview" */
  readonly what: string
  readonly children: (data: T) => ReactNode
}

/** What a query brings, or where it stands. */
export function Loaded<T>({ query, what, children }: LoadedProps<T>) {
  if (query.isError) return <Failure what={what} error={query.error} retry={() => void query.refetch()} />
  if (query.data === undefined) return <Loading what={`${what[0].toLowerCase()}${what.slice(1)}`} />
  return children(query.data)
}
