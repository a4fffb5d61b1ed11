import { z } from 'zod'
import { UserError } from '../user-error.ts'

/** The file that makes a directory an explainer; written last. */
export const MANIFEST = 'explainer.json'

/** The version of the layout on disk that this program writes, and the only one it reads. */
const FORMAT_VERSION = 1

const count = z.int().nonnegative()

/** A file below the explainer's directory. A manifest may come from anywhere: it must not lead out of it. */
const inside = z
  .string()
  .refine(
    path => !/[\\:\0]/.test(path) && path.split('/').every(part => !['', '.', '..'].includes(part)),
    'not a path inside the explainer',
  )
const share = z.number().min(0).max(1)

const fidelity = z.object({
  pearson: z.number().nullable(),
  meanAbsoluteDifference: z.number(),
  argmaxAgreement: share.nullable(),
})

/** How a stationary head was reached and how exact what is stored of it is. */
const certificate = z.object({
  status: z.enum(['converged', 'precision-limited', 'max-iterations', 'line-search-failed']),
  iterations: count,
  gradientNorm: z.number(),
  /** The largest |R_jᵀq(f)| over the training examples, in logits. */
  completenessGap: z.number(),
  /** The standard deviation of the pre-activation over the training examples. */
  deviation: z.number().nullable(),
})

/** Where examples came from, to find their pictures again. */
const source = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('array'), path: z.string(), shape: z.array(count) }),
  z.object({
    kind: z.literal('table'),
    path: z.string(),
    columns: z.array(z.string()),
    label: z.string().nullable(),
    id: z.string().nullable(),
  }),
  z.object({ kind: z.literal('folder'), path: z.string() }),
  z.object({ kind: z.literal('webdataset'), path: z.string() }),
  z.object({ kind: z.literal('parquet'), path: z.string(), column: z.string() }),
])

const length = z.int().positive().max(8192)
const size = z.object({ height: length, width: length })

/** What is done to a picture of any size before its numbers are scaled. */
const pictureSteps = z.object({
  channels: z.enum(['rgb', 'bgr', 'grey']),
  resize: z.union([z.object({ shortestEdge: length }), size]).nullable(),
  filter: z.enum(['nearest', 'box', 'bilinear', 'hamming', 'bicubic', 'lanczos']),
  crop: size.nullable(),
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
  inputShape: z.array(count),
  batch: count.nullable(),
  outputs: z.object({ features: z.string(), logits: z.string() }),
  /** Sizes of one example as the data has it, before the network's own view of it. */
  itemShape: z.array(count),
  dtype: z.string(),
  preprocess: z.object({
    scale: z.number(),
    mean: z.array(z.number()),
    std: z.array(z.number()),
    /** For examples that were pictures in files of their own. */
    picture: pictureSteps.optional(),
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
  lambda: z.number().positive(),
  /** What was tried to reach a fidelity; null where λ was given */
  lambdaPath: z
    .object({
      wanted: z.number(),
      points: z.array(z.object({ lambda: z.number().positive(), pearson: z.number().nullable() })),
    })
    .nullable(),
  /** How many classes labels and predictions tell apart. */
  classCount: count,
  /** What the outputs are. */
  task: z.enum(['classification', 'multi-label', 'regression', 'units']),
  bias: z.enum(['regularised', 'free', 'none']),
  kernel: z.enum(['plain', 'centred']),
  targets: z.enum(['teacher', 'labels', 'soft']),
  /** A name, and numbers behind a colon; whoever opens the explainer parses it. */
  activation: z.string(),
  gap: z.number().positive(),
  classes: z.array(z.string()).nullable(),
  /** What the sums by class are made over. */
  groups: z.enum(['label', 'predicted']),
  groupCount: count,
  /** No similarity of training features is negative, nor of queries without negative features. */
  nonNegative: z.boolean(),
  fit: certificate,
  labelsFit: certificate.nullable(),
  fidelity: z.object({ train: fidelity.nullable(), test: fidelity.nullable() }),
  accuracy: z.object({
    train: share.nullable(),
    test: share.nullable(),
    fittedTrain: share.nullable(),
    fittedTest: share.nullable(),
  }),
  seconds: z.object({ features: z.number(), fit: z.number(), alpha: z.number(), index: z.number() }),
  /** What ran the network. */
  device: z.enum(['cpu', 'webgpu', 'cuda']).default('cpu'),
  network: network.nullable(),
  sources: z.object({ train: source.nullable(), test: source.nullable() }),
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
  const parsed = manifestSchema.safeParse(json)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const place = issue.path.join('.') || 'the document'
  throw new UserError(
    'format',
    `${name}: ${place}: ${issue.message.toLowerCase()}, expected an explainer, run fit again`,
  )
}
