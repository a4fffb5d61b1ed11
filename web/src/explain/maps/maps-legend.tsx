import type { MapsAnswer } from '../../../../src/server/wire.ts'
import { divergingRamp } from '../../../../src/views/diverging.ts'
import { bound, significant } from '../../../../src/views/numbers.ts'
import styles from './maps.module.css'

/** Steps of the scale's colours. */
const STEPS = 24

/** Where the scale has numbers; colours go by the square root. */
const TICKS = [-1, -1 / 4, 0, 1 / 4, 1]

/** What the colours of the maps mean, one scale for all of them. */
export function MapsLegend({ maps: { scale, parts, contrast, difference } }: { maps: MapsAnswer }) {
  const said = (tick: number): string =>
    tick === 0 ? '0' : `${tick > 0 ? '+' : ''}${significant(tick * scale, 2)}`
  return (
    <div className={styles.legend}>
      <div className={styles.ramp}>
        <span style={{ background: `linear-gradient(to right, ${divergingRamp(STEPS).join(', ')})` }} />
        <span className={`number ${styles.ticks}`}>
          {TICKS.map(tick => (
            <span key={tick}>{said(tick)}</span>
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
