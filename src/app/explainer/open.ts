import { BY_OUTPUT_NUMBERS } from '../../method/explain/explain.ts'
import { ExplainerReader } from '../../store/read.node.ts'
import { Explainer } from './explainer.ts'
import { readExamples, readFit, readLookup } from './files.node.ts'
import { parseMemory } from './memory.ts'
import { type ArraySizes, type MemoryPlan, planMemory } from './memory-plan.ts'

export interface OpenOptions {
  /** Read every file and compare its checksum before anything is answered. */
  readonly verify?: boolean
  /**
   * How much of the explainer is held in memory at most: bytes, or text such as `2GiB`. What exceeds it is read
   * from disk when an explanation needs it, first the features and then alpha; the index is always in memory.
   */
  readonly memory?: number | string
}

/**
 * Opens a directory that `fit` wrote.
 *
 * @example
 * const explainer = await openExplainer('explainer')
 * const { excitatory } = explainer.explain(features, { k: 5 })
 */
export function openExplainer(directory: string, options: OpenOptions = {}): Promise<Explainer> {
  return open(directory, options, (sizes, limit) => ({ ...planMemory(sizes, limit), packed: sizes.packed }))
}

/** Opens a directory for a few queries: their rows are read when they are asked for, which most never are. */
export function openForFew(directory: string, options: OpenOptions = {}): Promise<Explainer> {
  return open(directory, options, (sizes, limit) => {
    planMemory({ ...sizes, fixed: sizes.fixed - sizes.packed }, limit)
    return { features: PASSING_ROWS, alpha: PASSING_ROWS, packed: 0 }
  })
}

interface Sizes extends ArraySizes {
  /** Of the fronts of lists that are kept with their features; included in what is fixed */
  readonly packed: number
}

async function open(
  directory: string,
  { verify = false, memory }: OpenOptions,
  planOf: (sizes: Sizes, limit: number) => MemoryPlan & Pick<Sizes, 'packed'>,
): Promise<Explainer> {
  const limit = memory === undefined ? Number.POSITIVE_INFINITY : parseMemory(memory)
  const reader = await ExplainerReader.open(directory, { verify })
  const { n, d, c, groupCount, files } = reader.manifest
  const packed = Math.min(MOST_PACKED, n * d)
  const held = ALWAYS_IN_MEMORY.flatMap(start => Object.keys(files).filter(path => path.startsWith(start)))
  const byOutput = 8 * Math.min(BY_OUTPUT_NUMBERS, groupCount * (d + 1) * c)
  const fixed = held.reduce((sum, path) => sum + files[path].bytes, packed + byOutput)
  // Halves are read before they become singles.
  const stored = reader.manifest.dtype === 'float16' ? 2 : 0
  const plan = planOf({ fixed, features: (4 + stored) * n * d, alpha: 4 * n * c, packed }, limit)
  const others = limit === Number.POSITIVE_INFINITY ? plan.features : PASSING_ROWS
  const [features, fit, examples, values] = await Promise.all([
    readLookup(reader, 'train/features.npy', [n, d], plan.features),
    readFit(reader, '', plan.alpha),
    readExamples(reader, 'train/examples.parquet', n),
    reader.has('train/labels.npy') ? readLookup(reader, 'train/labels.npy', [n, c], others) : null,
  ])
  return new Explainer(reader, { features, fit, examples, values, others, packed: plan.packed })
}

/** Files of an explainer that are held whole, by how their paths start. */
const ALWAYS_IN_MEMORY = ['index/', 'head.', 'by-class.', 'residual.', 'mean.', 'train/examples.']

/** Bytes of the fronts of lists that are kept with their features; a quarter of the features' where they are few. */
const MOST_PACKED = 2 ** 24

/** Bytes of rows that are kept of an array on disk whose rows are hardly asked for twice. */
const PASSING_ROWS = 2 ** 18
