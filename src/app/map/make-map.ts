import { UMAP } from 'umap-js'
import { type Matrix, rowOf } from '../../math/matrix.ts'
import { random } from '../../math/random.ts'
import { stratifiedRows } from '../../math/stratified.ts'
import { type Neighbours, nearestNeighbours } from '../../method/explain/neighbours.ts'
import { UserError } from '../../user-error.ts'
import type { Explainer } from '../explainer/explainer.ts'
import { openExplainer } from '../explainer/open.ts'
import type { SplitName } from '../explainer/stored-splits.ts'
import { openRuntime } from '../machine/runtime.ts'
import type { ExampleMap, MapPoints } from './example-map.ts'
import { writeMap } from './map-file.node.ts'

export interface MapOptions {
  readonly directory: string
  /** How many examples at most, of both splits; 10,000 unless told. Where there are more each class keeps its share. */
  readonly limit?: number
  /** The seed of the layout; 0 unless told */
  readonly seed?: number
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((step: MapStep) => void) | undefined
}

/** What is being done for a map, and how far it is. */
export interface MapStep {
  readonly phase: 'neighbours' | 'layout'
  readonly done: number
  readonly total: number
}

const LIMIT = 10_000

/** As many as the method's authors take: more show the whole better, fewer the detail. */
const NEIGHBOURS = 15

/** Gaussian units in which the layout lets neighbours come close; its authors' default. */
const MIN_DISTANCE = 0.1

/**
 * Lays the features of training and test examples out in two dimensions (UMAP, McInnes, Healy & Melville 2018) and
 * stores that in the explainer, in place of a layout before it. The same options give the same map. Errors: UserError
 * on a limit that is no count; nothing is stored then, nor where `signal` stops it.
 */
export async function makeMap(options: MapOptions): Promise<ExampleMap> {
  const { directory, limit = LIMIT, seed = 0, signal, onProgress } = options
  if (!(Number.isInteger(limit) && limit >= 1)) {
    throw new UserError('usage', `limit: ${limit}, expected a whole number, 1 or more`)
  }
  const explainer = await openExplainer(directory)
  try {
    const { n, tests } = explainer.manifest
    const places = await sampled(explainer, limit)
    const features = await featuresOf(explainer, places)
    const neighbours = await nearestNeighbours(
      openRuntime(),
      features,
      Math.min(NEIGHBOURS, features.rows - 1),
      {
        signal,
        onProgress: done => onProgress?.({ phase: 'neighbours', done, total: features.rows }),
      },
    )
    const points = await layOut(features, neighbours, seed, { signal, onProgress })
    const of = (split: SplitName): MapPoints => {
      const chosen = places.flatMap((place, i) => (place.split === split ? [i] : []))
      return {
        rows: chosen.map(i => places[i].row),
        x: chosen.map(i => Math.fround(points[i][0])),
        y: chosen.map(i => Math.fround(points[i][1])),
      }
    }
    const map: ExampleMap = {
      schemaVersion: 1,
      method: 'umap',
      of: n + tests,
      train: of('train'),
      test: of('test'),
    }
    signal?.throwIfAborted()
    await writeMap(explainer, map)
    return map
  } finally {
    await explainer.close()
  }
}

interface Place {
  readonly split: SplitName
  readonly row: number
}

/** Examples of both splits, each split and in it each class with its share. */
async function sampled(explainer: Explainer, limit: number): Promise<Place[]> {
  const { n, tests, classCount } = explainer.manifest
  const splits: readonly SplitName[] = tests > 0 ? ['train', 'test'] : ['train']
  const groups = new Int32Array(n + tests)
  for (const [s, split] of splits.entries()) {
    const { labels, predicted } = await explainer.examplesOf(split)
    const classes = labels ?? predicted
    const wide = Math.max(classCount, explainer.manifest.c) + 1
    for (let row = 0; row < classes.length; row++) {
      groups[s * n + row] = s * wide + Math.min(Math.max(classes[row], 0), wide - 1)
    }
  }
  return Array.from(stratifiedRows(groups, limit), at =>
    at < n ? { split: 'train', row: at } : { split: 'test', row: at - n },
  )
}

async function featuresOf(explainer: Explainer, places: readonly Place[]): Promise<Matrix<Float32Array>> {
  const { d } = explainer.manifest
  const data = new Float32Array(places.length * d)
  for (const [i, { split, row }] of places.entries()) {
    data.set((await explainer.stored(split, row)).features, i * d)
  }
  return { rows: places.length, cols: d, data }
}

/** Steps of the layout between two looks at the signal. */
const STEPS_AT_ONCE = 4

async function layOut(
  features: Matrix<Float32Array>,
  { k, rows, distances }: Neighbours,
  seed: number,
  { signal, onProgress }: Pick<MapOptions, 'signal' | 'onProgress'>,
): Promise<readonly (readonly number[])[]> {
  const { rows: n } = features
  // Too few to have neighbours: along a line.
  if (n <= 3) return Array.from({ length: n }, (_, i) => [i, 0])
  const umap = new UMAP({
    nComponents: 2,
    nNeighbors: k,
    minDist: MIN_DISTANCE,
    random: random(seed),
  })
  const rowsOf = <A extends Int32Array | Float32Array>(array: A) =>
    Array.from({ length: n }, (_, i) => Array.from(array.subarray(i * k, (i + 1) * k)))
  umap.setPrecomputedKNN(rowsOf(rows), rowsOf(distances))
  const total = umap.initializeFit(Array.from({ length: n }, (_, i) => [...rowOf(features, i)]))
  for (let done = 0; done < total; done++) {
    umap.step()
    if (done % STEPS_AT_ONCE > 0) continue
    onProgress?.({ phase: 'layout', done, total })
    // Lets whoever asks for a stop be heard.
    await new Promise(resolve => setTimeout(resolve))
    signal?.throwIfAborted()
  }
  return umap.getEmbedding()
}
