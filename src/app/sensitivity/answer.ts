import { norm } from '../../math/matrix.ts'
import type { Explainer } from '../explainer/explainer.ts'
import type { WrittenPage } from '../show/html.ts'
import type { Sensitivity } from './decompose.ts'
import type { MapMaker, MapTarget } from './map-maker.ts'
import type { MapMethod } from './map-method.ts'
import type { Panels } from './panels.ts'
import { cosineOf, missing, shareOf } from './parts.ts'
import { type Token, tokensOf, tokenValues } from './tokens.ts'
import type { Vocabulary } from './vocabulary.ts'

/** A map, and where it was written. */
export interface WrittenMap {
  /** `map.npy`; null where no folder was asked for */
  readonly file: string | null
  /** `map.png`, over the picture; null where there is none */
  readonly overlay: string | null
  /** The square root of the sum of its squares */
  readonly norm: number
  /** One number a token, of a text; else null */
  readonly tokens: readonly number[] | null
}

export interface SharedMap extends WrittenMap {
  /** ⟨part, whole⟩ / ‖whole‖²; null where the whole map is zero */
  readonly share: number | null
}

/** The map of one training example. */
export interface SensitivityPart extends SharedMap {
  readonly row: number
  readonly id: string
  /** The given label's index; null where there is none */
  readonly label: number | null
  /** Its representer value, in logits */
  readonly value: number
  /** What in the training input makes it similar, ∂k(f_i, f_t) / ∂x_i; null unless asked for */
  readonly pair: WrittenPair | null
}

/** The other side of an example, with the text of that side. */
export interface WrittenPair extends WrittenMap {
  readonly text: readonly Token[] | null
}

/** The map of several training examples together. */
export interface SensitivityGroup extends SharedMap {
  /** The class, or the file that names them */
  readonly name: string
  /** How many they are */
  readonly examples: number
  /** The sum of their representer values, in logits */
  readonly value: number
}

export interface SensitivityAnswer {
  readonly schemaVersion: 1
  readonly explainer: string
  /** The folder that was written; null where none was asked for */
  readonly out: string | null
  /** The page that was written; null where none was asked for */
  readonly page: WrittenPage | null
  readonly input: string
  readonly output: number
  readonly contrast: number | null
  /** Names of the classes of labels; null where `fit` was given none */
  readonly classes: readonly string[] | null
  /** Names of the outputs; null where they go by their indices */
  readonly outputs: readonly string[] | null
  /** The fitted head's, whose gradient the map is */
  readonly logit: number
  /** How the maps were made */
  readonly method: {
    readonly name: 'gradient' | 'smoothgrad'
    readonly timesInput: boolean
    /** null for the plain gradient */
    readonly samples: number | null
    readonly noise: number | null
    readonly seed: number | null
  }
  /** What is differentiated by: the input, the vectors of its tokens, or a layer inside the network */
  readonly target: MapTarget
  /** The tensor of that */
  readonly tensor: string
  /** Sizes of every map: those of that tensor without its batch */
  readonly shape: readonly number[]
  /** The tokens of a text; else null */
  readonly text: readonly Token[] | null
  /** What has the full colour in overlays, and in those of pairs; null where there are none */
  readonly scale: number | null
  readonly pairScale: number | null
  /** Why maps of a picture have no overlays, in one sentence; null where they have, or there is no picture */
  readonly noOverlays: string | null
  /** ∂ logit / ∂ tensor: of the fitted head */
  readonly map: WrittenMap
  /** Of the given head, and the cosine between the two; null where it is not known */
  readonly given: (WrittenMap & { readonly cosine: number | null }) | null
  /** The excitatory examples and then the inhibitory ones, each from the strongest on */
  readonly parts: readonly SensitivityPart[]
  readonly groups: readonly SensitivityGroup[]
  /**
   * Training examples that are in several of these, once for each beyond the first: parts, groups and rest, less this,
   * are the map. null where there are none
   */
  readonly overlap: SharedMap | null
  /** The training examples that are in no part and in no group */
  readonly rest: SharedMap
  /** By how much all of these miss the map at most, relative to the largest number in any of them */
  readonly difference: number
}

/** Where to, and in which colours. */
export interface Written extends Pick<SensitivityAnswer, 'out' | 'page' | 'noOverlays'> {
  readonly panels: Pick<Panels, 'scale' | 'pairScale'> | null
  readonly vocabulary: Vocabulary | null
}

/* Names of files without their ending: numbers in `.npy`, over the picture in `.png`. */
export const partName = (k: number): string => `part-${numbered(k)}`
export const groupName = (k: number): string => `group-${numbered(k)}`
export const pairName = (k: number): string => `pair-${numbered(k)}`
const numbered = (k: number): string => String(k).padStart(2, '0')

export function answerOf(
  explainer: Explainer,
  maker: Pick<MapMaker, 'target' | 'tensor' | 'shape'>,
  { timesInput, smooth }: MapMethod,
  { subject, entries, groups, maps, pairs }: Sensitivity,
  { out, page, noOverlays, panels, vocabulary }: Written,
): SensitivityAnswer {
  const { output, contrast, logit, input } = subject.explanation
  const isText = maker.target === 'tokens'
  const written = (name: string, map: Float32Array): WrittenMap => ({
    file: out === null ? null : `${name}.npy`,
    overlay: out === null || panels === null ? null : `${name}.png`,
    norm: norm(map),
    tokens: isText ? tokenValues(map, maker, timesInput) : null,
  })
  const textOf = (ready: Float32Array) => (isText ? tokensOf(ready, vocabulary) : null)
  const shared = (name: string, map: Float32Array): SharedMap => ({
    share: shareOf(map, maps.whole),
    ...written(name, map),
  })
  return {
    schemaVersion: 1,
    explainer: explainer.directory,
    out,
    page,
    input,
    output,
    contrast,
    classes: explainer.manifest.classes,
    outputs: explainer.names.outputs,
    logit,
    method: {
      name: smooth ? 'smoothgrad' : 'gradient',
      timesInput,
      samples: smooth?.samples ?? null,
      noise: smooth?.noise ?? null,
      seed: smooth?.seed ?? null,
    },
    target: maker.target,
    tensor: maker.tensor,
    shape: maker.shape,
    text: textOf(subject.ready),
    scale: panels?.scale ?? null,
    pairScale: panels && pairs.length > 0 ? panels.pairScale : null,
    noOverlays,
    map: written('map', maps.whole),
    given: maps.given && { ...written('given-map', maps.given), cosine: cosineOf(maps.given, maps.whole) },
    parts: entries.map(({ row, id, label, value }, k) => ({
      row,
      id,
      label,
      value,
      ...shared(partName(k), maps.parts[k]),
      pair: pairs[k] ? { ...written(pairName(k), pairs[k].map), text: textOf(pairs[k].ready) } : null,
    })),
    groups: groups.map(({ name, rows, value }, k) => ({
      name,
      examples: rows.length,
      value,
      ...shared(groupName(k), maps.parts[entries.length + k]),
    })),
    overlap: maps.overlap && shared('overlap', maps.overlap),
    rest: shared('rest', maps.rest),
    difference: missing(maps),
  }
}
