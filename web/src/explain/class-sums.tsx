import { Fragment, useId, useState } from 'react'
import { commonScale } from '../../../src/views/contribution-bars.ts'
import { bound, count, signed } from '../../../src/views/numbers.ts'
import { Button } from '../components/button.tsx'
import { ExampleCard } from '../components/example-card.tsx'
import { ChevronIcon } from '../components/icons.tsx'
import { SignedBar } from '../components/signed-bar.tsx'
import { Loaded } from '../components/states.tsx'
import { useExplainer } from '../source/explainer-context.tsx'
import type { Explanation } from '../view/view.ts'
import { useGo, useView } from '../view/view-store.ts'
import styles from './class-sums.module.css'
import { decimalsOf, fewOf, printed, scaleOf } from './reading.ts'
import { type Subject, useAnswerOf } from './use-answer-of.ts'

/** Of more classes than this only the largest sums are shown until all are asked for. */
const MANY = 24
const FEW = 12

/** The logit as a sum over the classes of training examples; each class opens into its examples. */
export function ClassSums({ explanation, subject }: { explanation: Explanation; subject: Subject }) {
  const { info, names } = useExplainer()
  const { within } = useView()
  const go = useGo()
  const id = useId()
  const { byClass, bias, logit, output, contrast } = explanation
  const [all, setAll] = useState(false)
  const isLong = byClass.length > MANY
  const { shown: order, others } = fewOf(
    byClass.map(({ value }) => value),
    isLong ? (all ? byClass.length : FEW) : null,
    byClass.findIndex(part => part.class === within),
  )
  const scale = commonScale([...byClass.map(({ value }) => value), logit])
  const decimals = decimalsOf(scale)
  const terms = printed([...byClass, ...(bias === 0 ? [] : [{ name: 'bias', value: bias }])], logit, decimals)
  const group = info.groups === 'label' ? 'Label' : 'Predicted'
  return (
    <section className={styles.sums}>
      <h3>
        {contrast === null ? 'The logit' : 'The difference'} as a sum over classes{' '}
        <small>open one to see its examples</small>
      </h3>
      <table>
        <thead>
          <tr>
            <th scope="col">{group}</th>
            <th scope="col" className={styles.axis}>
              <span>− lowers</span> <span>raises +</span>
            </th>
            <th scope="col" className="number">
              Sum
            </th>
          </tr>
        </thead>
        <tbody>
          {order.map(at => {
            const part = byClass[at]
            const open = within === part.class
            return (
              <Fragment key={part.class}>
                <tr className={part.name === names.output(output) ? styles.explained : undefined}>
                  <th scope="row">
                    <button
                      type="button"
                      aria-expanded={open}
                      aria-controls={open ? `${id}-${part.class}` : undefined}
                      onClick={() => go({ within: open ? null : part.class })}
                    >
                      <ChevronIcon /> {part.name}
                    </button>
                  </th>
                  <td>
                    <SignedBar value={part.value} scale={scale} />
                  </td>
                  <td className="number">{signed(terms[at].printed, decimals)}</td>
                </tr>
                {open && (
                  <tr id={`${id}-${part.class}`}>
                    <td colSpan={3}>
                      <ClassPart subject={subject} index={part.class} name={part.name} sum={part.value} />
                    </td>
                  </tr>
                )}
              </Fragment>
            )
          })}
          {others.length > 0 && (
            <tr>
              <th scope="row">{count(others.length)} other classes</th>
              <td>
                <SignedBar value={sumOver(others, at => byClass[at].value)} scale={scale} />
              </td>
              <td className="number">
                {signed(
                  sumOver(others, at => terms[at].printed),
                  decimals,
                )}
              </td>
            </tr>
          )}
          {bias !== 0 && (
            <tr>
              <th scope="row">bias</th>
              <td>
                <SignedBar value={bias} scale={scale} />
              </td>
              <td className="number">{signed(bias, decimals)}</td>
            </tr>
          )}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{contrast === null ? `= logit of ${names.output(output)}` : '= difference'}</th>
            <td>
              <SignedBar value={logit} scale={scale} kind="total" />
            </td>
            <td className="number">{signed(logit, decimals)}</td>
          </tr>
        </tfoot>
      </table>
      {isLong && (
        <Button look="quiet" className={styles.more ?? ''} onPress={() => setAll(!all)}>
          {all ? 'Fewer classes' : `All ${count(byClass.length)} classes`}
        </Button>
      )}
      <p className="soft">
        All {count(info.n)} values add up to it within {bound(explanation.completenessGap)}.
      </p>
    </section>
  )
}

const sumOver = (places: readonly number[], of: (at: number) => number): number =>
  places.reduce((sum, at) => sum + of(at), 0)

/** How many examples of each sign an open class shows. */
const SHOWN = 4

interface ClassPartProps {
  readonly subject: Subject
  readonly index: number
  readonly name: string
  readonly sum: number
}

/** The strongest examples of a class, and what all its others come to. */
function ClassPart({ subject, index, name, sum }: ClassPartProps) {
  const query = useAnswerOf(subject, SHOWN, index)
  return (
    <Loaded query={query} what={`The examples of ${name}`}>
      {({ explanation }) => {
        const entries = [...explanation.excitatory, ...explanation.inhibitory]
        const scale = scaleOf([explanation])
        const decimals = decimalsOf(scale)
        const rest = sum - entries.reduce((total, { value }) => total + value, 0)
        return (
          <ol className={styles.part}>
            {entries.map(entry => (
              <li key={entry.row}>
                <ExampleCard entry={entry} scale={scale} decimals={decimals} />
              </li>
            ))}
            <li className={styles.rest}>
              All others of {name} come to <strong>{signed(rest, decimals)}</strong>
            </li>
          </ol>
        )
      }}
    </Loaded>
  )
}
