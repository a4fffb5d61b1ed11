import { bound, count, signed } from '../../../src/views/numbers.ts'
import { useExplainer } from '../source/explainer-context.tsx'
import { coveredWords } from '../view/covered.ts'
import type { Explanation } from '../view/view.ts'
import { decimalsOf, scaleOf, termsOf } from './reading.ts'
import styles from './terms.module.css'

/** The whole in one line: what is shown, what is not, and that this is the logit. */
export function Terms({ explanation }: { explanation: Explanation }) {
  const { info } = useExplainer()
  const decimals = decimalsOf(Math.max(scaleOf([explanation]), Math.abs(explanation.logit)))
  const { contrast, logit, completenessGap } = explanation
  const covered = coveredWords(explanation)
  return (
    <div className={styles.terms}>
      <dl>
        {termsOf(explanation, info.n, decimals).map(({ name, printed }) => (
          <div key={name}>
            <dt>{name === 'others' ? `${count(othersOf(explanation, info.n))} others` : name}</dt>
            <dd>{signed(printed, decimals)}</dd>
          </div>
        ))}
        <div className={styles.whole}>
          <dt>{contrast === null ? 'logit' : 'difference'}</dt>
          <dd>{signed(logit, decimals)}</dd>
        </div>
      </dl>
      <p className="soft">
        {covered !== null && `The shown cover ${covered} of it. `}
        The gap is at most {bound(completenessGap)}.
      </p>
    </div>
  )
}

const othersOf = ({ excitatory, inhibitory }: Explanation, n: number): number =>
  n - excitatory.length - inhibitory.length
