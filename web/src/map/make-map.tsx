import { Button } from '../components/button.tsx'
import { Empty } from '../components/states.tsx'
import { useJob } from '../jobs/use-job.ts'
import { JobProgress } from '../layout/job-indicator.tsx'
import { useSource } from '../source/source-context.tsx'
import styles from './map.module.css'

/** There is no map yet: what one is, and a button that makes it. */
export function MakeMap() {
  const { kind } = useSource()
  const { job, start, isStarting } = useJob('map')
  if (kind === 'report') {
    return (
      <Empty title="No map">
        <p>This report was written without a map of its examples.</p>
      </Empty>
    )
  }
  if (job?.status === 'running') {
    return (
      <div className={styles.make}>
        <h2>Making the map</h2>
        <JobProgress job={job} />
        <p className="soft">It goes on while you look at other screens, and is made once.</p>
      </div>
    )
  }
  return (
    <div className={styles.make}>
      <h2>No map yet</h2>
      <p>
        A map lays the examples out in two dimensions (UMAP), so that those whose features are alike lie
        together. It is computed once, kept beside the explainer, and takes about a minute.
      </p>
      {job?.status === 'failed' && <p role="alert">{job.error?.message}</p>}
      {job?.status === 'cancelled' && <p className="soft">The last one was cancelled.</p>}
      <Button look="main" isDisabled={isStarting} onPress={start}>
        Make the map
      </Button>
    </div>
  )
}
