import { useMemo } from 'react'
import type { ExampleColumns } from '../../../src/server/wire.ts'
import { useExplainer } from '../source/explainer-context.tsx'
import { useAnswer } from '../source/queries.ts'
import type { View } from '../view/view.ts'
import { classNames } from './class-names.ts'
import { COLOUR_BY, colourPoints } from './colouring.ts'
import { parseMapChoices } from './map-choices.ts'
import { css } from './palette.ts'
import { PointIndex } from './point-index.ts'
import type { Points } from './points.ts'
import { depthFor, raysOf } from './rays.ts'
import { flagged, selectedPoints, shownPoints, wrongPoints } from './shown-points.ts'

/** How many neighbours of the example in hand are shown. */
const NEIGHBOURS = 10

/** Of both splits, as far as there are any */
export interface MapColumns {
  readonly train: ExampleColumns | null
  readonly test: ExampleColumns | null
}

/** Everything that the canvas draws, each part made anew only when what it is made of changes. */
export function useMapScene(points: Points, columns: MapColumns, view: View, of: number) {
  const { info, names } = useExplainer()
  const choices = parseMapChoices(view.choices)
  const isClasses = info.task === 'classification'
  const offered = COLOUR_BY.filter(by => {
    if (by === 'suspicion') return columns.train?.suspicion != null
    if (by === 'predicted') return true
    return isClasses && (columns.train?.labels != null || columns.test?.labels != null)
  })
  const by = offered.find(one => one === choices.by) ?? offered[0]
  const nameOf = by === 'predicted' ? names.prediction : names.class
  const colouring = useMemo(() => colourPoints(points, by, nameOf), [points, by, nameOf])
  const index = useMemo(() => new PointIndex(points.x, points.y), [points])
  const isRinged = useMemo(() => wrongPoints(points), [points])
  const { filters, tab, selection } = view
  const isShown = useMemo(
    () => shownPoints(points, [columns.train, columns.test], { filters, tab, selection }),
    [points, columns, filters, tab, selection],
  )
  const selected = useMemo(() => selectedPoints(points, selection), [points, selection])
  const isSelected = useMemo(() => flagged(points.count, selected), [points, selected])
  const named = useMemo(() => {
    const { categories, of } = colourPoints(
      points,
      offered[0],
      offered[0] === 'predicted' ? names.prediction : names.class,
    )
    return classNames(categories, of, points.x, points.y, isShown)
  }, [points, offered[0], names, isShown])

  const inHand = view.row === null ? -1 : points.pointOf(view.split, view.row)
  const answer = useAnswer(inHand < 0 ? null : questionOf(view, depthFor(view.k, points.count, of)))
  const explanation = inHand < 0 || answer.isPlaceholderData ? undefined : answer.data?.explanation
  const { rays, missing } = useMemo(
    () => (explanation ? raysOf(inHand, explanation, points, view.k) : { rays: [], missing: 0 }),
    [explanation, inHand, points, view.k],
  )
  const neighbours = useMemo(
    () => (choices.near && inHand >= 0 ? index.neighbours(inHand, NEIGHBOURS) : []),
    [choices.near, inHand, index],
  )
  const scene = useMemo(
    () => ({
      x: points.x,
      y: points.y,
      isTest: points.isTest,
      category: colouring.of,
      grow: colouring.categories.map(({ grow }) => grow),
      isShown,
      isSelected,
      hasSelection: selected.size > 0,
      isRinged,
      rays,
      focus: inHand,
      neighbours,
    }),
    [points, colouring, isShown, isSelected, selected, isRinged, rays, inHand, neighbours],
  )
  return {
    choices,
    offered,
    by,
    index,
    inHand,
    selected,
    answer,
    scene,
    names: named,
    categories: colouring.categories,
    colours: useMemo(() => colouring.categories.map(({ colour }) => css(colour)), [colouring]),
    drawn: {
      raise: rays.filter(({ value }) => value > 0).length,
      lower: rays.filter(({ value }) => value < 0).length,
      missing,
    },
  }
}

const questionOf = ({ split, row, output, contrast }: View, k: number) => ({
  example: { split, row: row as number },
  ...(contrast ? { contrast } : { output }),
  k,
})
