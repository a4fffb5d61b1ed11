import * as z from 'zod/mini'
import { checkSchema } from '../formats/schema.ts'
import { UserError } from '../user-error.ts'

/** The file that makes a directory an explainer; written last. */
export const MANIFEST = 'explainer.json'

/** The version of the layout on disk that this program writes, and the only one it reads. */
const FORMAT_VERSION = 1

const count = z.int().check(z.nonnegative())

/** A file below the explainer's directory. A manifest may come from anywhere: it must not lead out of it. */
const inside = z
  .string()
  .check(
    z.refine(
      path => !/[\\:\0]/.test(path) && path.split('/').every(part => !['', '.', '..'].includes(part)),
      'not a path inside the explainer',
    ),
  )
const share = z.number().check(z.minimum(0), z.maximum(1))

const fidelity = z.object({
  pearson: z.nullable(z.number()),
  meanAbsoluteDifference: z.number(),
  argmaxAgreement: z.nullable(share),
})

/** How a stationary head was reached and how exact what is stored of it is. */
const certificate = z.object({
  status: z.enum(['converged', 'precision-limited', 'max-iterations', 'line-search-failed']),
  iterations: count,
  gradientNorm: z.number(),
  /** The largest |R_jᵀq(f)| over the training examples, in logits. */
  completenessGap: z.number(),
  /** The standard deviation of the pre-activation over the training examples. */
  deviation: z.nullable(z.number()),
  /** Evaluations of the objective, and the bound of the gap in logits after them. */
  convergence: z.optional(z.array(z.tuple([count, z.number()]))),
})

/** Where examples came from, to find their pictures again. */
const source = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('array'), path: z.string(), shape: z.array(count) }),
  z.object({
    kind: z.literal('table'),
    path: z.string(),
    columns: z.array(z.string()),
    label: z.nullable(z.string()),
    id: z.nullable(z.string()),
  }),
  z.object({ kind: z.literal('folder'), path: z.string() }),
  z.object({ kind: z.literal('webdataset'), path: z.string() }),
  z.object({ kind: z.literal('parquet'), path: z.string(), column: z.string() }),
])

const length = z.int().check(z.positive(), z.maximum(8192))
const size = z.object({ height: length, width: length })

/** What is done to a picture of any size before its numbers are scaled. */
const pictureSteps = z.object({
  channels: z.enum(['rgb', 'bgr', 'grey']),
  resize: z.nullable(z.union([z.object({ shortestEdge: length }), size])),
  filter: z.enum(['nearest', 'box', 'bilinear', 'hamming', 'bicubic', 'lanczos']),
  crop: z.nullable(size),
})

const network = z.object({
  /** The model file as the user named it, and what it held. */
  source: z.string(),
  sha256: z.string(),
  layer: z.string(),
  outputActivation: z.string(),
  /** The copy in this directory, which gives features and logits too. */
  file: inside,
  externalFiles: z.array(inside),
  inputName: z.string(),
  /** float32 unless told. */
  inputType: z.optional(z.enum(['float32', 'int64', 'int32'])),
  inputShape: z.array(count),
  batch: z.nullable(count),
  outputs: z.object({ features: z.string(), logits: z.string() }),
  /** Sizes of one example as the data has it, before the network's own view of it. */
  itemShape: z.array(count),
  dtype: z.string(),
  preprocess: z.object({
    scale: z.number(),
    mean: z.array(z.number()),
    std: z.array(z.number()),
    /** For examples that were pictures in files of their own. */
    picture: z.optional(pictureSteps),
  }),
})

/** `explainer.json`: what made an explainer, what it holds, and the checksum of every file. */
const manifestSchema = z.object({
  formatVersion: z.literal(FORMAT_VERSION),
  madeBy: z.string(),
  n: count,
  d: count,
  c: count,
  /** How features are stored. */
  dtype: z.enum(['float32', 'float16']),
  tests: count,
  lambda: z.number().check(z.positive()),
  /** What was tried to reach a fidelity; null where λ was given */
  lambdaPath: z.nullable(
    z.object({
      wanted: z.number(),
      points: z.array(z.object({ lambda: z.number().check(z.positive()), pearson: z.nullable(z.number()) })),
    }),
  ),
  /** How many classes labels and predictions tell apart. */
  classCount: count,
  /** What the outputs are. */
  task: z.enum(['classification', 'multi-label', 'regression', 'units']),
  bias: z.enum(['regularised', 'free', 'none']),
  kernel: z.enum(['plain', 'centred']),
  targets: z.enum(['teacher', 'labels', 'soft']),
  /** A name, and numbers behind a colon; whoever opens the explainer parses it. */
  activation: z.string(),
  gap: z.number().check(z.positive()),
  classes: z.nullable(z.array(z.string())),
  /** What the sums by class are made over. */
  groups: z.enum(['label', 'predicted']),
  groupCount: count,
  /** No similarity of training features is negative, nor of queries without negative features. */
  nonNegative: z.boolean(),
  fit: certificate,
  labelsFit: z.nullable(certificate),
  fidelity: z.object({ train: z.nullable(fidelity), test: z.nullable(fidelity) }),
  accuracy: z.object({
    train: z.nullable(share),
    test: z.nullable(share),
    fittedTrain: z.nullable(share),
    fittedTest: z.nullable(share),
  }),
  seconds: z.object({ features: z.number(), fit: z.number(), alpha: z.number(), index: z.number() }),
  /** What ran the network. */
  device: z._default(z.enum(['cpu', 'webgpu', 'cuda']), 'cpu'),
  network: z.nullable(network),
  /** The explainer that this one was refitted from, as it was named, and what was corrected; left out by `fit`. */
  correctedFrom: z.optional(z.object({ directory: z.string(), relabelled: count, excluded: count })),
  sources: z.object({ train: z.nullable(source), test: z.nullable(source) }),
  files: z.record(inside, z.object({ bytes: count, sha256: z.string() })),
})

export type Manifest = z.infer<typeof manifestSchema>

const listing = z.object({ files: z.record(inside, z.unknown()) })

/**
 * The files that a manifest lists, of whatever version: what `fit` wrote, so that it can be replaced. Errors:
 * UserError `format` where that cannot be told.
 */
export function listedFiles(text: string, name: string): string[] {
  const parsed = listing.safeParse(parseJson(text))
  if (parsed.success) return Object.keys(parsed.data.files)
  throw new UserError(
    'format',
    `${name}: lists no files, so what fit wrote cannot be told, move the explainer away`,
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Reads `explainer.json`. Errors: UserError `format`, naming the first entry that is wrong. */
export function parseManifest(text: string, name: string): Manifest {
  const json = parseJson(text)
  if (json === undefined) {
    throw new UserError('format', `${name}: no JSON, expected an explainer, run fit again`)
  }
  const version = (json as { formatVersion?: unknown } | null)?.formatVersion
  if (typeof version === 'number' && version !== FORMAT_VERSION) {
    throw new UserError(
      'format',
      `${name}: format version ${version}, expected ${FORMAT_VERSION}, use the program that made it or run fit again`,
    )
  }
  const checked = checkSchema(manifestSchema, json)
  if ('data' in checked) return checked.data
  throw new UserError('format', `${name}: ${checked.wrong}, expected an explainer, run fit again`)
}
