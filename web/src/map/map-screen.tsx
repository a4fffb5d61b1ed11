import { type ComponentProps, type ReactNode, useMemo } from 'react'
import { Failure, Loading } from '../components/states.tsx'
import { useExplainer } from '../source/explainer-context.tsx'
import { useColumns, useMap } from '../source/queries.ts'
import { MakeMap } from './make-map.tsx'
import { MapView } from './map-view.tsx'
import { joinPoints } from './points.ts'

/** All examples in two dimensions; while there is no map to head, the heading stands alone. */
export default function MapScreen() {
  const map = useJoinedMap()
  if ('points' in map) return <MapView {...map} />
  return (
    <>
      <h1>Map</h1>
      {map.instead}
    </>
  )
}

type JoinedMap = ComponentProps<typeof MapView> | { readonly instead: ReactNode }

/** The map with what is known of its examples, or what stands in its place. */
function useJoinedMap(): JoinedMap {
  const { info } = useExplainer()
  const map = useMap()
  const train = useColumns('train')
  const test = useColumns('test')
  const columns = useMemo(
    () => ({ train: train.data ?? null, test: info.tests > 0 ? (test.data ?? null) : null }),
    [train.data, test.data, info.tests],
  )
  const points = useMemo(
    () => (map.data ? joinPoints(map.data, columns.train, columns.test) : null),
    [map.data, columns],
  )
  const failed = map.error ?? train.error
  if (failed) {
    return { instead: <Failure what="The map" error={failed} retry={() => void map.refetch()} /> }
  }
  if (map.isPending || train.isPending || (info.tests > 0 && test.isPending))
    return { instead: <Loading what="the map" /> }
  if (!map.data || !points) return { instead: <MakeMap /> }
  return { points, of: map.data.of, columns }
}
