import { useState } from 'react'
import type { Answer } from '../../../src/server/wire.ts'
import { fixed, percent } from '../../../src/views/numbers.ts'
import { Button } from '../components/button.tsx'
import { useExplainer } from '../source/explainer-context.tsx'
import styles from './prediction.module.css'

/** How many outputs are shown until all are asked for. */
const FEW = 5

/** What the network says, the most likely first: probabilities, or logits where there are none. */
export function Prediction({ answer }: { answer: Answer }) {
  const { info, names } = useExplainer()
  const [all, setAll] = useState(false)
  const { logits, probabilities, explanation } = answer
  // Outputs are labels only where each stands for its class: not of two classes on one output, nor of units.
  const label = info.c === 1 || info.task !== 'classification' ? null : explanation.label
  const order = logits.map((_, i) => i).sort((a, b) => logits[b] - logits[a])
  const shown = all ? order : order.filter((i, at) => at < FEW || i === label)
  return (
    <div className={styles.prediction}>
      <table>
        <caption className="spoken">What the network says</caption>
        <thead className="spoken">
          <tr>
            <th scope="col">Output</th>
            {probabilities && <th scope="col">Probability</th>}
            <th scope="col">Logit</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(i => (
            <tr key={i}>
              <th scope="row">
                {names.output(i)}
                {i === label && <span className="soft"> label</span>}
              </th>
              {probabilities && (
                <td className={styles.share}>
                  <span className={styles.track} aria-hidden="true">
                    <span style={{ width: `${100 * probabilities[i]}%` }} />
                  </span>
                  <span className="number">{percent(probabilities[i])}</span>
                </td>
              )}
              <td className={`number soft ${styles.logit}`}>{fixed(logits[i], 2)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {order.length > shown.length || all ? (
        <Button look="quiet" onPress={() => setAll(!all)}>
          {all ? 'Fewer outputs' : `All ${order.length} outputs`}
        </Button>
      ) : null}
    </div>
  )
}
