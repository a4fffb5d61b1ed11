import type { MapsAnswer } from '../../../../src/server/wire.ts'
import { divergingRamp, rampTicks } from '../../../../src/views/diverging.ts'
import { bound } from '../../../../src/views/numbers.ts'
import styles from './maps.module.css'

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
        By how much the {contrast === null ? 'logit' : 'difference'} changes with each pixel: orange lowers
        it, blue raises it, on one scale for all maps. Colours go by the square root.
        {parts.length > 0 &&
          ` The parts and all others add up to the whole within ${bound(difference)} of the largest number in any of them.`}
      </p>
    </div>
  )
}
