import type { MapMaker } from './map-maker.ts'
import type { Vocabulary } from './vocabulary.ts'

/** What a text is made of. */
export interface Token {
  readonly id: number
  /** null where no vocabulary is known */
  readonly text: string | null
}

/** The tokens of a text, as the network takes them. */
export function tokensOf(ready: Float32Array, vocabulary: Vocabulary | null): Token[] {
  return Array.from(ready, number => {
    const id = Math.round(number)
    return { id, text: vocabulary?.get(id) ?? null }
  })
}

/**
 * One number a token from a map over their vectors [tokens, e]: the sum of gradient × input, which is linear, so that
 * tokens of parts add up; of a plain gradient its norm, since single numbers of a vector mean nothing.
 */
export function tokenValues(
  map: Float32Array,
  { shape }: Pick<MapMaker, 'shape'>,
  timesInput: boolean,
): number[] {
  const length = shape.at(-1) ?? 1
  return Array.from({ length: map.length / length }, (_, token) => {
    const vector = map.subarray(token * length, (token + 1) * length)
    const reduced = vector.reduce((sum, x) => sum + (timesInput ? x : x * x), 0)
    return timesInput ? reduced : Math.sqrt(reduced)
  })
}
