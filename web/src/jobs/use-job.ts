import type { Job, NewJob } from '../../../src/server/wire.ts'
import { useJobChanges, useJobs } from '../source/queries.ts'

/** The last job of a kind, wherever it was started from, and a way to start another. */
export function useJob(kind: NewJob['kind']): {
  readonly job: Job | null
  readonly isStarting: boolean
  start(): void
} {
  const jobs = useJobs()
  const changes = useJobChanges()
  const job = lastOf(jobs, kind)
  return {
    job,
    isStarting: changes.start.isPending,
    start: () => changes.start.mutate({ kind }),
  }
}

/** The job of a kind that began last; null where there was none. */
const lastOf = (jobs: readonly Job[], kind: NewJob['kind']): Job | null =>
  jobs
    .filter(job => job.kind === kind)
    .reduce<Job | null>((last, job) => (last && last.startedAt >= job.startedAt ? last : job), null)
