import { useMemo } from 'react'
import { Failure, Loading } from '../components/states.tsx'
import { useExplainer } from '../source/explainer-context.tsx'
import { useColumns, useMap } from '../source/queries.ts'
import { MakeMap } from './make-map.tsx'
import { MapView } from './map-view.tsx'
import { joinPoints } from './points.ts'

/** All examples in two dimensions. */
export default function MapScreen() {
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
  if (failed) return <Failure what="The map" error={failed} retry={() => void map.refetch()} />
  if (map.isPending || train.isPending || (info.tests > 0 && test.isPending))
    return <Loading what="the map" />
  if (!map.data || !points) return <MakeMap />
  return <MapView points={points} of={map.data.of} columns={columns} />
}
