import type { Decision, Job, RelabelAnswer } from '../../../src/server/wire.ts'
import { count } from '../../../src/views/numbers.ts'
import { Button } from '../components/button.tsx'
import { useJob } from '../jobs/use-job.ts'
import { JobProgress } from '../layout/job-indicator.tsx'
import styles from './review.module.css'
import { standingLines } from './standing-lines.ts'

/** Fits anew with the corrections, beside the explainer, and shows what that changed. */
export function Refit({ decisions }: { decisions: readonly Decision[] }) {
  const { job, start, isStarting } = useJob('relabel')
  const relabelled = decisions.filter(({ action }) => action === 'relabel').length
  const excluded = decisions.filter(({ action }) => action === 'exclude').length
  const changes = relabelled + excluded
  return (
    <section className={styles.refit} aria-labelledby="refit">
      <h2 id="refit">Refit with the corrections</h2>
      <p className="soft">
        Writes a new explainer beside this one, fitted with corrected labels and without what was excluded.
        This one stays as it is.
      </p>
      {job?.status === 'running' ? (
        <JobProgress job={job} />
      ) : (
        <Button look="main" isDisabled={changes === 0 || isStarting} onPress={start}>
          {changes === 0
            ? 'Nothing to correct yet'
            : `Refit: ${[relabelled > 0 && `${count(relabelled)} relabelled`, excluded > 0 && `${count(excluded)} excluded`].filter(Boolean).join(', ')}`}
        </Button>
      )}
      <Outcome job={job} />
    </section>
  )
}

function Outcome({ job }: { job: Job | null }) {
  if (job?.status === 'failed') return <p role="alert">{job.error?.message}</p>
  if (job?.status === 'cancelled')
    return <p className="soft">The last refit was cancelled; nothing was written.</p>
  return job?.result ? <Comparison answer={job.result} /> : null
}

/** Before and after, side by side. */
function Comparison({ answer }: { answer: RelabelAnswer }) {
  const { before, after, out, relabelled, excluded, warnings } = answer
  const ids = new Set(before.suspects.map(({ id }) => id))
  const stayed = after.suspects.filter(({ id }) => ids.has(id)).length
  return (
    <div className={styles.comparison}>
      <table>
        <caption>
          {count(relabelled)} relabelled and {count(excluded)} excluded; the fit with labels before and after
        </caption>
        <thead>
          <tr>
            <td />
            <th scope="col">Before</th>
            <th scope="col">After</th>
            <th scope="col">Change</th>
          </tr>
        </thead>
        <tbody>
          {standingLines(before, after).map(({ name, values, change }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {[...values, change].map((text, at) => (
                <td key={['before', 'after', 'change'][at]} className="number">
                  {text}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {after.suspects.length > 0 && (
        <p className="soft">
          Of the {count(after.suspects.length)} most suspect now, {count(stayed)} were among the{' '}
          {count(before.suspects.length)} most suspect before.
        </p>
      )}
      {warnings.map(warning => (
        <p key={warning} className={styles.warning}>
          {warning}
        </p>
      ))}
      <p>Open the new explainer:</p>
      <pre>representer serve {shellWord(out)}</pre>
    </div>
  )
}

const shellWord = (path: string): string =>
  /^[\w./~-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
