import { SensitivityMaps } from '../../method/sensitivity/maps.ts'
import { readModel } from '../../onnx/model.ts'
import { UserError } from '../../user-error.ts'
import { findStored } from '../explain/inputs.ts'
import { readInput } from '../explain/read-input.ts'
import { expectNetwork } from '../explainer/expect-network.ts'
import { resolveK } from '../explainer/expect-query.ts'
import type { Explainer } from '../explainer/explainer.ts'
import type { ExplainChoices, Explanation } from '../explainer/explanation.ts'
import { type NetworkInput, readyInput } from '../explainer/network.ts'
import { openForFew } from '../explainer/open.ts'
import type { SplitName } from '../explainer/stored-splits.ts'
import { openRuntime } from '../machine/runtime.ts'
import { partFile, writeMaps } from './map-files.node.ts'
import { cosineOf, type Maps, mapsOf, missing, normOf, seedsOf, shareOf } from './parts.ts'
import { storedInput } from './stored-input.ts'

export interface SensitivityOptions extends Pick<ExplainChoices, 'output' | 'contrast'> {
  readonly directory: string
  /** `test/12` or `train/12`, by id or by row, a picture file, or `X.npy#12`, row 12 of an array of inputs */
  readonly input: string
  /** The folder to write the maps to */
  readonly out: string
  /** How many excitatory and how many inhibitory examples at most; 8 unless told */
  readonly k?: number
  /** Replace maps that are there. */
  readonly force?: boolean
  /** Compare every checksum of the explainer first. */
  readonly verify?: boolean
}

/** The map of one training example. */
export interface SensitivityPart {
  readonly row: number
  readonly id: string
  /** The given label's index; null where there is none */
  readonly label: number | null
  /** Its representer value, in logits */
  readonly value: number
  /** ⟨part, whole⟩ / ‖whole‖²; those of all parts and of the rest add up to 1. null where the whole map is zero */
  readonly share: number | null
  readonly file: string
}

export interface SensitivityAnswer {
  readonly schemaVersion: 1
  readonly explainer: string
  /** The folder that was written */
  readonly out: string
  readonly input: string
  readonly output: number
  readonly contrast: number | null
  /** Names of the classes of labels; null where `fit` was given none */
  readonly classes: readonly string[] | null
  /** Names of the outputs; null where they go by their indices */
  readonly outputs: readonly string[] | null
  /** The fitted head's, whose gradient the map is */
  readonly logit: number
  /** Sizes of every map: those of the network's input without its batch */
  readonly shape: readonly number[]
  /** ∂ logit / ∂ input, by its ready numbers: of the fitted head */
  readonly map: { readonly file: string; readonly norm: number }
  /** Of the given head, and the cosine between the two; null where it is not known */
  readonly given: { readonly file: string; readonly norm: number; readonly cosine: number | null } | null
  /** The excitatory examples and then the inhibitory ones, each from the strongest on */
  readonly parts: readonly SensitivityPart[]
  readonly rest: { readonly file: string; readonly share: number | null }
  /** By how much parts and rest together miss the map at most, relative to the largest number in any of them */
  readonly difference: number
}

/** Above this, sums of single precision in other orders are no reason any more. */
const MOST_MISSING = 1e-4

/**
 * Writes by how much a logit, or the difference of two, changes with each number of the input, and takes that map
 * apart over the training examples that speak most for and most against the logit. Errors: UserError on inputs that
 * do not fit, on explainers without a network, and on networks that gradients cannot pass.
 */
export async function sensitivity(options: SensitivityOptions): Promise<SensitivityAnswer> {
  const { directory, out, k = 8, force = false, verify = false, input, output, contrast } = options
  resolveK(k)
  const explainer = await openForFew(directory, { verify })
  try {
    const choices = {
      k,
      ...(output !== undefined && { output }),
      ...(contrast !== undefined && { contrast }),
    }
    const { explanation, ready } = await explained(explainer, input, choices)
    const entries = [...explanation.excitatory, ...explanation.inhibitory]
    const seeds = await seedsOf(explainer, explainer.gradientOf(explanation), entries)
    const { bytes, shape, externalData } = await explainer.networkFile()
    const model = readModel(bytes, shape.name)
    const network = await SensitivityMaps.load(openRuntime(), model, shape, externalData)
    try {
      const maps = await mapsOf(seeds, seeds => network.at(ready, seeds))
      expectWhole(maps, input)
      await writeMaps(out, maps, shape.inputShape, force)
      return { ...answerOf(explainer, explanation, maps), input, out, shape: shape.inputShape }
    } finally {
      await network.release()
    }
  } finally {
    await explainer.close()
  }
}

/** The explanation of an input, and its numbers as the network takes them. */
async function explained(
  explainer: Explainer,
  input: string,
  choices: ExplainChoices,
): Promise<{ explanation: Explanation; ready: Float32Array }> {
  const network = expectNetwork(explainer.manifest, explainer.directory)
  const place = await findStored(explainer, input)
  if (place) {
    const pixels = await storedInput(explainer, place.split, place.row)
    const explanation = await explainer.explainStored(place.split, place.row, choices)
    await expectSame(explainer, place, pixels)
    return { explanation, ready: await readyInput(network, pixels, input, 'as-training') }
  }
  const { pixels, kind } = await readInput(explainer, input)
  const { features, logits } = await explainer.runNetwork(pixels, input, kind)
  const explanation = explainer.explain(features, choices, { input, givenLogits: logits })
  return { explanation, ready: await readyInput(network, pixels, input, kind) }
}

/** Relative to the largest feature; features may be stored in half precision. */
const SAME = 1e-2

/** Errors: UserError where the network makes other features of an input than are stored for it. */
async function expectSame(
  explainer: Explainer,
  { split, row }: { readonly split: SplitName; readonly row: number },
  pixels: NetworkInput,
): Promise<void> {
  const name = `${split}/${row}`
  const { features: stored } = await explainer.stored(split, row)
  const { features } = await explainer.runNetwork(pixels, name, 'as-training')
  const largest = stored.reduce((max, x) => Math.max(max, Math.abs(x)), 0)
  if (stored.every((x, a) => Math.abs(x - features[a]) <= SAME * largest)) return
  throw new UserError(
    'format',
    `${name}: its file is no longer what it was in training, expected the same example, run fit again`,
  )
}

/** Errors: UserError on numbers that are not finite, and on parts that do not add up. */
function expectWhole(maps: Maps, input: string): void {
  const all = [maps.whole, maps.rest, ...maps.parts, ...(maps.given ? [maps.given] : [])]
  if (!all.every(map => map.every(Number.isFinite))) {
    throw new UserError(
      'value',
      `${input}: its gradient is not finite, expected numbers, choose another input`,
    )
  }
  const difference = missing(maps)
  if (difference <= MOST_MISSING) return
  throw new UserError(
    'model',
    `${input}: its parts miss the map by ${difference.toExponential(1)}, expected ${MOST_MISSING} at most, ` +
      'check the model in full precision',
  )
}

function answerOf(
  explainer: Explainer,
  { output, contrast, logit, excitatory, inhibitory }: Explanation,
  maps: Maps,
): Omit<SensitivityAnswer, 'input' | 'out' | 'shape'> {
  const { whole, given, parts, rest } = maps
  return {
    schemaVersion: 1,
    explainer: explainer.directory,
    output,
    contrast,
    classes: explainer.manifest.classes,
    outputs: explainer.names.outputs,
    logit,
    map: { file: 'map.npy', norm: normOf(whole) },
    given: given && { file: 'given-map.npy', norm: normOf(given), cosine: cosineOf(given, whole) },
    parts: [...excitatory, ...inhibitory].map(({ row, id, label, value }, k) => ({
      row,
      id,
      label,
      value,
      share: shareOf(parts[k], whole),
      file: partFile(k),
    })),
    rest: { file: 'rest.npy', share: shareOf(rest, whole) },
    difference: missing(maps),
  }
}
