import { useMemo } from 'react'
import { Choice } from '../components/choice.tsx'
import { Empty, Failure, Loading } from '../components/states.tsx'
import { useExplainer } from '../source/explainer-context.tsx'
import { useSuspects } from '../source/queries.ts'
import { useSource } from '../source/source-context.tsx'
import { useGo, useView } from '../view/view-store.ts'
import { Decided } from './decided.tsx'
import { Exports } from './exports.tsx'
import { byDoubted } from './queue.ts'
import { QueueView } from './queue-view.tsx'
import { Refit } from './refit.tsx'
import styles from './review.module.css'
import { useDecisions } from './use-decisions.ts'

const SIZES = [50, 100, 200, 500, 1000]
const FIRST_SIZE = 200

/** The suspects, one after another, and what becomes of them. */
export default function ReviewScreen() {
  const { info } = useExplainer()
  const { kind } = useSource()
  const { choices } = useView()
  const go = useGo()
  const size = SIZES.find(size => String(size) === choices.top) ?? FIRST_SIZE
  const suspects = useSuspects(0, size)
  const decisions = useDecisions()
  const review = decisions.query.data
  const decided = useMemo(() => byDoubted(review?.decisions ?? []), [review])
  if (info.labelsFit === null) {
    return (
      <Empty title="No suspects">
        <p>
          Suspects are training examples whose labels are doubted: run <code>representer fit</code> with{' '}
          <code>--labels</code>.
        </p>
      </Empty>
    )
  }
  if (suspects.isError)
    return <Failure what="The suspects" error={suspects.error} retry={() => void suspects.refetch()} />
  if (decisions.query.isError) {
    return (
      <Failure
        what="The decisions"
        error={decisions.query.error}
        retry={() => void decisions.query.refetch()}
      />
    )
  }
  if (!suspects.data || decisions.query.isPending) return <Loading what="the suspects" />
  if (suspects.data.suspects.length === 0) return <Empty title="No suspects" />
  const page = suspects.data
  return (
    <div className={styles.screen}>
      <header className={styles.head}>
        <h1>Review</h1>
        <Choice
          label="The most suspect"
          value={String(size)}
          options={SIZES.filter(size => size <= Math.max(page.n, SIZES[0])).map(size => ({
            value: String(size),
            text: String(size),
          }))}
          onChange={top => go({ choices: { ...choices, top } }, 'replace')}
        />
        <Exports decisions={review?.decisions ?? []} />
      </header>
      <QueueView page={page} decisions={decisions} decided={decided} />
      <Decided decisions={review?.decisions ?? []} page={page} />
      {kind === 'server' && <Refit decisions={review?.decisions ?? []} />}
    </div>
  )
}
