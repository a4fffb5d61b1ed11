import type { ReactNode } from 'react'
import type { ExplainerInfo } from '../../../src/server/wire.ts'
import { brief, count, seconds } from '../../../src/views/numbers.ts'
import styles from './setting.module.css'

/** With what it was fitted. */
export function Setting({ info }: { info: ExplainerInfo }) {
  const { seconds: took } = info
  const rows: readonly (readonly [string, ReactNode])[] = [
    ['Explainer', <code key="directory">{info.directory}</code>],
    ['Model', info.source === null ? 'none: features were given' : <code key="source">{info.source}</code>],
    ...(info.layer === null ? [] : [['Layer', <code key="layer">{info.layer}</code>] as const]),
    ['Training examples n', count(info.n)],
    ['Test examples', info.tests === 0 ? 'none' : count(info.tests)],
    ['Features d', count(info.d)],
    ['Outputs c', count(info.c)],
    ['λ', brief(info.lambda)],
    ['Targets', info.targets],
    ['Activation', info.activation],
    ['Bias', info.kernel === 'plain' ? info.bias : `${info.bias}, ${info.kernel} kernel`],
    ['Gap asked for', `${brief(info.gap)} logits`],
    ['Features read in', seconds(took.features)],
    ['Fitted in', seconds(took.fit)],
    ['Alpha and index in', seconds(took.alpha + took.index)],
    ['Network ran on', info.device],
    ['Made by', info.madeBy],
  ]
  return (
    <section className={styles.setting}>
      <h2>Setting</h2>
      <dl>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
