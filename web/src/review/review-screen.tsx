import { useMemo } from 'react'
import type { SuspectsPage } from '../../../src/server/wire.ts'
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
  const { choices } = useView()
  const size = SIZES.find(size => String(size) === choices.top) ?? FIRST_SIZE
  const suspects = useSuspects(0, size)
  const decisions = useDecisions()
  const failed = Object.entries({ suspects, decisions: decisions.query }).find(([, { isError }]) => isError)
  if (info.labelsFit !== null && !failed && suspects.data?.suspects.length && !decisions.query.isPending) {
    return <Reviewed page={suspects.data} size={size} decisions={decisions} />
  }
  return (
    <>
      <h1>Review</h1>
      {info.labelsFit === null ? (
        <Empty title="No suspects">
          <p>
            Suspects are training examples whose labels are doubted: run <code>representer fit</code> with{' '}
            <code>--labels</code>.
          </p>
        </Empty>
      ) : failed ? (
        <Failure
          what={`The ${failed[0]}`}
          error={failed[1].error as Error}
          retry={() => void failed[1].refetch()}
        />
      ) : suspects.data?.suspects.length === 0 ? (
        <Empty title="No suspects" />
      ) : (
        <Loading what="the suspects" why="The first time, every label is scored, which takes a while." />
      )}
    </>
  )
}

interface ReviewedProps {
  readonly page: SuspectsPage
  /** How many of the most suspect are gone through */
  readonly size: number
  readonly decisions: ReturnType<typeof useDecisions>
}

function Reviewed({ page, size, decisions }: ReviewedProps) {
  const { kind } = useSource()
  const { choices } = useView()
  const go = useGo()
  const review = decisions.query.data
  const decided = useMemo(() => byDoubted(review?.decisions ?? []), [review])
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
