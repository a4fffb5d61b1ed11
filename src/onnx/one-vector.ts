import type { RowForm } from './expose.ts'
import type { OnnxModel } from './model.ts'

/** Sizes of a tensor; null for one that is only known when the model runs. */
export type Sizes = readonly (number | null)[]

/** Whether a layer is given one vector an example, as far as is known; if not, what it works on instead. */
export type Vectors = 'one' | 'many' | 'fewer' | 'unknown'

/**
 * What sizes tell of a layer's features, or of what it gives, whose width they hold as well.
 *
 * @param batch how many examples there are; null where that is open
 */
export function vectorsOf(form: RowForm, sizes: Sizes, batch: number | null): Vectors {
  const places = PLACES[form](sizes).filter(size => size !== 1)
  if (places.length > 1) return places.some(size => size !== null) ? 'many' : 'unknown'
  const [place = 1] = places
  if (place === null || batch === null) return place === null || place === 1 ? 'one' : 'unknown'
  if (place === batch) return 'one'
  return place > batch ? 'many' : 'fewer'
}

/** How many examples the file of a model of one input takes at once; null where that is open. */
export const batchOf = ({ inputs }: OnnxModel): number | null =>
  inputs.length === 1 ? (inputs[0].shape?.[0] ?? null) : null

/** The axes on which examples, and positions or tokens, stand. */
const PLACES: { readonly [K in RowForm]: (sizes: Sizes) => Sizes } = {
  rows: sizes => sizes.slice(0, -1),
  flat: ([examples = 1, , ...positions]) => [examples, ...positions],
  mean: ([examples = 1]) => [examples],
}

/** Why a layer with features of these sizes is refused. */
export function whyNotOne(vectors: 'many' | 'fewer', sizes: Sizes): string {
  const works = vectors === 'many' ? 'works over positions or tokens' : 'works across examples'
  return `it ${works}, expected one vector an example, got [${sizes.map(size => size ?? 'n').join(', ')}]`
}
