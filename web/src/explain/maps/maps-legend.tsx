import type { MapsAnswer } from '../../../../src/server/wire.ts'
import { divergingRamp, rampTicks } from '../../../../src/views/diverging.ts'
import { bound } from '../../../../src/views/numbers.ts'
import styles from './maps.module.css'
import { type MapsMethod, useMapsMethod } from './use-maps.ts'

/** What a map says of what is explained. */
const WORDS: { readonly [M in MapsMethod]: (what: string) => string } = {
  gradient: what => `By how much the ${what} changes with each pixel`,
  'times-input': what => `How much of the ${what} each pixel makes up, if that went on as it changes with it`,
  smoothgrad: what =>
    `By how much the ${what} changes with each pixel, in the mean over 50 inputs with noise of 15 % of their range`,
}

/** What the colours of the maps mean, one scale for all of them. */
export function MapsLegend({ maps: { scale, parts, contrast, difference } }: { maps: MapsAnswer }) {
  return (
    <div className={styles.legend}>
      <div className={styles.ramp}>
        <span style={{ background: divergingRamp() }} />
        <span className={`number ${styles.ticks}`}>
          {rampTicks(scale).map(tick => (
            <span key={tick}>{tick}</span>
          ))}
        </span>
      </div>
      <p className="soft">
        {WORDS[useMapsMethod()](contrast === null ? 'logit' : 'difference')}: orange lowers it, blue raises
        it, on one scale for all maps. Colours go by the square root.
        {parts.length > 0 &&
          ` The parts and all others add up to the whole within ${bound(difference)} of the largest number in any of them.`}
      </p>
    </div>
  )
}
