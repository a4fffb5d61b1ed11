import type { Filters } from '../view/view.ts'
import { type Colour, colourOfClass, FAINT, RIGHT, STEPS, WRONG } from './palette.ts'
import { isWrong, type Points } from './points.ts'

/** What colours say. */
export type ColourBy = 'label' | 'predicted' | 'correctness' | 'suspicion'

export const COLOUR_BY: readonly ColourBy[] = ['label', 'predicted', 'correctness', 'suspicion']

/** A line of the legend. */
export interface Category {
  readonly name: string
  readonly colour: Colour
  readonly count: number
  /** The class, where it is one */
  readonly class: number | null
  /** What filters keep it alone, or it and worse; null where none do */
  readonly filter: Partial<Filters> | null
  /** Drawn larger than others, so that colour is not all that tells it apart */
  readonly grow: number
}

export interface Colouring {
  readonly categories: readonly Category[]
  /** The category of each point */
  readonly of: Uint16Array
}

/** How much of the training set each step of suspicion begins at, and what it is called; the worst last. */
const SUSPICION = [
  { from: 1, name: 'the rest' },
  { from: 0.2, name: 'worst 20 %' },
  { from: 0.05, name: 'worst 5 %' },
  { from: 0.01, name: 'worst 1 %' },
]

/** A colour for each point, and the legend of what they mean. Categories without points are left out. */
export function colourPoints(points: Points, by: ColourBy, nameOf: (index: number) => string): Colouring {
  if (by === 'correctness') return byCorrectness(points)
  if (by === 'suspicion') return bySuspicion(points)
  return byClass(points[by], by, nameOf)
}

function byClass(
  classes: Int32Array,
  by: 'label' | 'predicted',
  nameOf: (index: number) => string,
): Colouring {
  const none = {
    name: by === 'label' ? 'no label' : 'not known',
    colour: FAINT,
    class: null,
    filter: null,
    grow: 0,
  }
  const last = classes.reduce((a, b) => Math.max(a, b), -1)
  const named = Array.from({ length: last + 1 }, (_, i) => ({
    name: nameOf(i),
    colour: colourOfClass(i),
    class: i,
    filter: { [by]: [i] },
    grow: 0,
  }))
  return counted([none, ...named], classes.length, i => classes[i] + 1)
}

function byCorrectness(points: Points): Colouring {
  const categories = [
    { name: 'no label', colour: FAINT, class: null, filter: null, grow: 0 },
    { name: 'right', colour: RIGHT, class: null, filter: { only: 'right' as const }, grow: 0 },
    { name: 'wrong', colour: WRONG, class: null, filter: { only: 'wrong' as const }, grow: 1 },
  ]
  return counted(categories, points.count, i => {
    if (points.label[i] < 0 || points.predicted[i] < 0) return 0
    return isWrong(points, i) ? 2 : 1
  })
}

function bySuspicion(points: Points): Colouring {
  const known = points.suspicion.filter(value => !Number.isNaN(value)).sort((a, b) => b - a)
  const bounds = SUSPICION.map(
    ({ from }) => known[Math.ceil(from * known.length) - 1] ?? Number.POSITIVE_INFINITY,
  )
  const categories = [
    { name: 'not ranked', colour: FAINT, class: null, filter: null, grow: 0 },
    ...SUSPICION.map(({ name }, i) => ({
      name,
      colour: STEPS[i],
      class: null,
      filter: i === 0 ? null : { suspicion: bounds[i] },
      grow: i * 0.7,
    })),
  ]
  return counted(categories, points.count, i => {
    const value = points.suspicion[i]
    if (Number.isNaN(value)) return 0
    let step = SUSPICION.length - 1
    while (step > 0 && value < bounds[step]) step--
    return step + 1
  })
}

function counted(
  all: readonly Omit<Category, 'count'>[],
  n: number,
  categoryOf: (i: number) => number,
): Colouring {
  const of = Uint16Array.from({ length: n }, (_, i) => categoryOf(i))
  const counts = new Array<number>(all.length).fill(0)
  for (const category of of) counts[category]++
  const kept = all.flatMap((_, i) => (counts[i] > 0 ? [i] : []))
  const renumbered = new Uint16Array(all.length)
  kept.forEach((old, i) => {
    renumbered[old] = i
  })
  return {
    categories: kept.map(i => ({ ...all[i], count: counts[i] })),
    of: of.map(category => renumbered[category]),
  }
}
