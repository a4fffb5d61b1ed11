import type { UseQueryResult } from '@tanstack/react-query'
import type { Answer, SuspectsPage } from '../../../src/server/wire.ts'
import { commonScale } from '../../../src/views/contribution-bars.ts'
import { decimalsFor, signed } from '../../../src/views/numbers.ts'
import { ExamplePicture } from '../components/example-picture.tsx'
import { LabelText } from '../components/label-text.tsx'
import { SignedBar } from '../components/signed-bar.tsx'
import { Loaded } from '../components/states.tsx'
import { ViewLink } from '../components/view-link.tsx'
import { useExplainer } from '../source/explainer-context.tsx'
import { coveredWords } from '../view/covered.ts'
import type { Entry } from '../view/view.ts'
import styles from './review.module.css'

interface WhyProps {
  readonly suspect: SuspectsPage['suspects'][number]
  readonly answer: UseQueryResult<Answer>
}

/** Why an example is suspect: what speaks for its label, and what against it. */
export function Why({ suspect, answer }: WhyProps) {
  const { names } = useExplainer()
  return (
    <section className={styles.why} aria-labelledby="why" data-stale={answer.isPlaceholderData}>
      <h2 id="why">Why it is suspect</h2>
      <Loaded query={answer} what="The explanation">
        {({ explanation }) => {
          const { excitatory, inhibitory, output, contrast, logit } = explanation
          const covered = coveredWords(explanation, 0)
          const entries = [...excitatory, ...inhibitory]
          const scale = commonScale(entries.map(({ value }) => value))
          const decimals = decimalsFor([scale])
          const column = { suspect, scale, decimals }
          return (
            <>
              <p className="soft">
                {contrast === null
                  ? `What speaks for ${names.output(output)}: logit ${signed(logit, 2)}.`
                  : `${names.output(output)} against ${names.output(contrast)}: the difference of logits is ${signed(logit, 2)}.`}
                {covered !== null && ` These examples cover ${covered} of it.`}
              </p>
              <div className={styles.sides}>
                <Side
                  {...column}
                  title={
                    contrast === null ? `Against ${names.output(output)}` : `For ${names.output(contrast)}`
                  }
                  sign="−"
                  entries={inhibitory}
                />
                <Side {...column} title={`For ${names.output(output)}`} sign="+" entries={excitatory} />
              </div>
            </>
          )
        }}
      </Loaded>
    </section>
  )
}

interface SideProps {
  readonly suspect: SuspectsPage['suspects'][number]
  readonly title: string
  readonly sign: '+' | '−'
  readonly entries: readonly Entry[]
  readonly scale: number
  readonly decimals: number
}

function Side({ suspect, title, sign, entries, scale, decimals }: SideProps) {
  return (
    <section>
      <h3>
        <span className={sign === '+' ? 'sign raises' : 'sign lowers'}>{sign}</span> {title}
      </h3>
      {entries.length === 0 && <p className="soft">None.</p>}
      <ol>
        {entries.map(({ row, id, label, labelValue, predicted, value }) => (
          <li key={row}>
            <ViewLink
              className={styles.entry}
              to={{ screen: 'explain', split: 'train', row, output: 'label', contrast: null, within: null }}
            >
              <ExamplePicture split="train" row={row} size={56} alt="" tile={id} />
              <span className={styles.entryWords}>
                <LabelText label={label} predicted={predicted} value={labelValue} />
                <span className="soft id">{row === suspect.row ? 'this example itself' : id}</span>
                <SignedBar value={value} scale={scale} />
              </span>
              <span className={styles.entryValue}>{signed(value, decimals)}</span>
            </ViewLink>
          </li>
        ))}
      </ol>
    </section>
  )
}
