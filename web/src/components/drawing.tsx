import { useLayoutEffect, useRef } from 'react'
import { type Chart, figure } from '../../../src/views/chart/chart.ts'

/** A chart, as pages have it. */
export function Drawing({ chart }: { chart: Chart }) {
  const place = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const { body } = new DOMParser().parseFromString(figure(chart).toString(), 'text/html')
    place.current?.replaceChildren(...body.childNodes)
  }, [chart])
  return <div ref={place} />
}
