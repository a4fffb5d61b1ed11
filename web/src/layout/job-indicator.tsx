import { useState } from 'react'
import type { Job } from '../../../src/server/wire.ts'
import { percent } from '../../../src/views/numbers.ts'
import { Button } from '../components/button.tsx'
import { useJobChanges, useJobEvents, useJobs } from '../source/queries.ts'
import styles from './job-indicator.module.css'

const NAMES: Readonly<Record<Job['kind'], string>> = { relabel: 'Refit', map: 'Map' }

/** What runs in the background, how far it is, and a way to stop it. */
export function JobIndicator() {
  useJobEvents()
  const running = useJobs().filter(({ status }) => status === 'running')
  const [open, setOpen] = useState(false)
  if (running.length === 0) return null
  return (
    <div className={styles.jobs}>
      <Button look="quiet" aria-expanded={open} onPress={() => setOpen(!open)}>
        <span className={styles.pulse} aria-hidden="true" />
        {running.length === 1 ? jobWords(running[0]) : `${running.length} jobs`}
      </Button>
      {open && (
        <ul className={styles.list}>
          {running.map(job => (
            <li key={job.id}>
              <JobProgress job={job} />
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

/** How far a job is, and a way to stop it. */
export function JobProgress({ job }: { job: Job }) {
  const { cancel } = useJobChanges()
  const share = shareOf(job)
  return (
    <div className={styles.job}>
      <div className={styles.words}>
        <strong>{NAMES[job.kind]}</strong> <span className="soft">{job.progress.phase}</span>
      </div>
      <progress
        aria-label={`${NAMES[job.kind]}: ${job.progress.phase}`}
        max={1}
        {...(share !== null && { value: share })}
      />
      <Button look="quiet" aria-label={`Cancel ${NAMES[job.kind]}`} onPress={() => cancel.mutate(job.id)}>
        Cancel
      </Button>
    </div>
  )
}

function shareOf({ progress: { done, total } }: Job): number | null {
  return total === null || total === 0 ? null : Math.min(1, done / total)
}

function jobWords(job: Job): string {
  const share = shareOf(job)
  return share === null ? NAMES[job.kind] : `${NAMES[job.kind]} ${percent(share, 0)}`
}
