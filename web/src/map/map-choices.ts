import type { View } from '../view/view.ts'
import { COLOUR_BY, type ColourBy } from './colouring.ts'
import type { Viewport } from './viewport.ts'

/*
 * What the map alone asks, as a link says it: colour=suspicion, at=1.5,-2,80 and near=1.
 */

export interface MapChoices {
  /** null: by label where there are labels, else by prediction */
  readonly by: ColourBy | null
  /** null: all of the map */
  readonly at: Viewport | null
  /** Whether the neighbours of the example in hand are shown */
  readonly near: boolean
}

export function parseMapChoices({ colour, at, near }: View['choices']): MapChoices {
  const [x, y, scale, ...more] = (at ?? '').split(',').map(Number)
  const isView = [x, y, scale].every(Number.isFinite) && scale > 0 && more.length === 0
  return {
    by: COLOUR_BY.find(by => by === colour) ?? null,
    at: isView ? { x, y, scale } : null,
    near: near === '1',
  }
}

/** The choices of a view with other ones of the map; what is as at first is not said. */
export function withMapChoices(choices: View['choices'], change: Partial<MapChoices>): View['choices'] {
  const { by, at, near } = { ...parseMapChoices(choices), ...change }
  const { colour: _colour, at: _at, near: _near, ...others } = choices
  return {
    ...others,
    ...(by && { colour: by }),
    ...(at && { at: [at.x, at.y, at.scale].map(value => String(Number(value.toPrecision(5)))).join(',') }),
    ...(near && { near: '1' }),
  }
}
