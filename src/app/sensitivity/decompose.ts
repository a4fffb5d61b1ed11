import { rowOf } from '../../math/matrix.ts'
import { UserError } from '../../user-error.ts'
import { expectNetwork } from '../explainer/expect-network.ts'
import type { Explainer } from '../explainer/explainer.ts'
import type { Entry, Explanation } from '../explainer/explanation.ts'
import { type NetworkInput, readyInput } from '../explainer/network.ts'
import type { RowGroup } from './groups.ts'
import type { MapMaker } from './map-maker.ts'
import type { MapMethod } from './map-method.ts'
import { missing } from './parts.ts'
import { allOf, type Decomposed, mapsOf, seedsOf } from './seeds.ts'
import { expectSame, type StoredInputs } from './stored-input.ts'
import type { Subject } from './subject.ts'

/** The other side of an example: what in the training input makes it similar. */
export interface PairMap {
  /** The training input as the training data held it */
  readonly pixels: NetworkInput
  /** As the network takes it */
  readonly ready: Float32Array
  /** ∂k(f_i, f_t) / ∂x_i */
  readonly map: Float32Array
}

/** A sensitivity map taken apart over training examples and groups of them. */
export interface Sensitivity {
  readonly subject: Subject
  /** The excitatory examples and then the inhibitory ones: the first parts of the maps */
  readonly entries: readonly Entry[]
  /** The parts after these, each with the sum of its representer values in logits */
  readonly groups: readonly (RowGroup & { readonly value: number })[]
  readonly maps: Decomposed
  /** One an entry; none unless asked for */
  readonly pairs: readonly PairMap[]
}

export interface DecomposeOptions {
  readonly method: MapMethod
  readonly groups: readonly RowGroup[]
  /** The inputs of the training examples, for the other side of each; null to go without */
  readonly training: StoredInputs | null
}

/** Above this, sums of single precision in other orders are no reason any more. */
const MOST_MISSING = 1e-4

/** Errors: UserError on gradients that are not finite, and where the parts do not add up. */
export async function decompose(
  explainer: Explainer,
  maker: MapMaker,
  subject: Subject,
  { method, groups, training }: DecomposeOptions,
): Promise<Sensitivity> {
  const { explanation, ready, features } = subject
  const entries = entriesOf(explanation)
  const parts = [...entries.map(({ row }) => [row]), ...groups.map(({ rows }) => rows)]
  const { seeds, values } = seedsOf(explainer, explanation, features, parts)
  const maps = await mapsOf(seeds, seeds => maker.at(ready, seeds, method))
  expectWhole(maps, explanation.input)
  const pairs: PairMap[] = []
  for (const { row } of training ? entries : []) {
    if (training) pairs.push(await pairOf(explainer, maker, subject, method, row, await training(row)))
  }
  return {
    subject,
    entries,
    groups: groups.map((group, k) => ({ ...group, value: values[entries.length + k] })),
    maps,
    pairs,
  }
}

const entriesOf = ({ excitatory, inhibitory }: Explanation): Entry[] => [...excitatory, ...inhibitory]

/**
 * k(f_i, f_t) is (f_i − μ)ᵀ(f_t − μ), so its gradient by f_i is f_t − μ. Errors: UserError where the training input is
 * no longer what the features were made of.
 */
async function pairOf(
  explainer: Explainer,
  maker: MapMaker,
  { explanation, features }: Subject,
  method: MapMethod,
  row: number,
  pixels: NetworkInput,
): Promise<PairMap> {
  const name = `train/${row}`
  await expectSame(explainer, { split: 'train', row }, pixels)
  const { mean } = explainer.gradientOf(explanation)
  const seed = features.map((x, a) => x - (mean?.[a] ?? 0))
  const network = expectNetwork(explainer.manifest, explainer.directory)
  const ready = await readyInput(network, pixels, name, 'as-training')
  const map = rowOf(await maker.at(ready, { rows: 1, cols: seed.length, data: seed }, method), 0)
  expectFinite([map], name)
  return { pixels, ready, map }
}

function expectWhole(maps: Decomposed, input: string): void {
  expectFinite(allOf(maps), input)
  const difference = missing(maps)
  if (difference <= MOST_MISSING) return
  throw new UserError(
    'model',
    `${input}: its parts miss the map by ${difference.toExponential(1)}, expected ${MOST_MISSING} at most, ` +
      'check the model in full precision',
  )
}

function expectFinite(maps: readonly Float32Array[], input: string): void {
  if (maps.every(map => map.every(Number.isFinite))) return
  throw new UserError('value', `${input}: its gradient is not finite, expected numbers, choose another input`)
}
