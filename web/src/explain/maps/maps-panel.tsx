import type { UseQueryResult } from '@tanstack/react-query'
import type { MapsAnswer } from '../../../../src/server/wire.ts'
import { fixed, percent } from '../../../../src/views/numbers.ts'
import { Failure, Loading } from '../../components/states.tsx'
import { MapPicture } from './map-picture.tsx'
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
        <MapPicture picture={whole.picture} size={128} alt="The whole map over the picture" />
        <figcaption>the whole map</figcaption>
      </figure>
      {parts.length > 0 && (
        <figure>
          <MapPicture picture={rest.picture} size={128} alt="The part of all other examples" />
          <figcaption>all others{rest.share !== null && `: ${percent(rest.share)}`}</figcaption>
        </figure>
      )}
      {given && (
        <figure>
          <MapPicture picture={given.picture} size={128} alt="The map of the given head" />
          <figcaption>
            the given head’s{given.cosine !== null && `, cosine ${fixed(given.cosine, 3)}`}
          </figcaption>
        </figure>
      )}
    </div>
  )
}
