import type { UseQueryResult } from '@tanstack/react-query'
import type { MapsAnswer } from '../../../../src/server/wire.ts'
import { fixed, percent } from '../../../../src/views/numbers.ts'
import { FittedPicture } from '../../components/example-picture.tsx'
import { Failure, Loading } from '../../components/states.tsx'
import styles from './maps.module.css'
import { MapsLegend } from './maps-legend.tsx'

/** Where what is explained looks: the whole map over its picture, what else there is of it, and what colours mean. */
export function MapsPanel({ maps }: { maps: UseQueryResult<MapsAnswer> }) {
  const { data, error, isLoading, refetch } = maps
  if (error) return <Failure what="Where it looks" error={error} retry={() => void refetch()} />
  if (isLoading) return <Loading what="the maps" />
  if (!data) return null
  return (
    <section className={styles.panel} aria-label="Where it looks">
      <Wholes maps={data} />
      <MapsLegend maps={data} />
    </section>
  )
}

function Wholes({ maps: { whole, given, rest, parts } }: { maps: MapsAnswer }) {
  return (
    <div className={styles.wholes}>
      <figure>
        <FittedPicture src={whole.picture.src} tile="map" size={128} alt="The whole map over the picture" />
        <figcaption>the whole map</figcaption>
      </figure>
      {parts.length > 0 && (
        <figure>
          <FittedPicture src={rest.picture.src} tile="map" size={128} alt="The part of all other examples" />
          <figcaption>all others{rest.share !== null && `: ${percent(rest.share)}`}</figcaption>
        </figure>
      )}
      {given && (
        <figure>
          <FittedPicture src={given.picture.src} tile="map" size={128} alt="The map of the given head" />
          <figcaption>
            the given head’s{given.cosine !== null && `, cosine ${fixed(given.cosine, 3)}`}
          </figcaption>
        </figure>
      )}
    </div>
  )
}
