import { isPictureShape } from '../../data/pictures.ts'
import type { Manifest } from '../../store/manifest.ts'
import { UserError } from '../../user-error.ts'
import { percent } from '../../views/numbers.ts'
import type { Explainer } from '../explainer/explainer.ts'
import type { SplitName } from '../explainer/stored-splits.ts'
import type { Thumbnails } from '../show/thumbnails.ts'
import { fingerprint } from './fingerprint.node.ts'

/** What is told as the manifest has it. */
const TOLD = [
  'madeBy',
  'n',
  'd',
  'c',
  'dtype',
  'tests',
  'lambda',
  'lambdaPath',
  'classCount',
  'task',
  'bias',
  'kernel',
  'targets',
  'activation',
  'gap',
  'groups',
  'classes',
  'fit',
  'labelsFit',
  'fidelity',
  'accuracy',
  'seconds',
  'device',
] as const satisfies readonly (keyof Manifest)[]

/** What was fitted, how exact it is, and what can be done with it. */
export interface ExplainerInfo extends Pick<Manifest, (typeof TOLD)[number]> {
  readonly schemaVersion: 1
  /** Its directory as the user named it, and the last part of that */
  readonly directory: string
  readonly name: string
  /** Changes with the explainer: addresses of pictures have it, so that they can be kept for good */
  readonly fingerprint: string
  /** Names of the outputs; null where they go by their indices */
  readonly outputs: readonly string[] | null
  /** The model that made the features; null where they were given */
  readonly source: string | null
  readonly layer: string | null
  /** Whether examples of the splits have pictures, and whether the network takes a picture of the user's */
  readonly pictures: { readonly train: boolean; readonly test: boolean; readonly asked: boolean }
  /** Whether sensitivity maps can be drawn over the inputs of the network */
  readonly maps: boolean
  readonly labelled: { readonly train: boolean; readonly test: boolean }
  /** What looks wrong, one sentence each */
  readonly warnings: readonly string[]
  /** The explainer that this one was refitted from, with corrections; else null */
  readonly correctedFrom: string | null
}

/** Says what an open explainer is. */
export async function explainerInfo(explainer: Explainer, thumbnails: Thumbnails): Promise<ExplainerInfo> {
  const { manifest, names, directory } = explainer
  const told = Object.fromEntries(TOLD.map(key => [key, manifest[key]])) as Pick<
    Manifest,
    (typeof TOLD)[number]
  >
  const { network } = manifest
  const [train, test] = [await hasPictures(thumbnails, 'train'), await hasPictures(thumbnails, 'test')]
  const labelsOf = async (split: SplitName) =>
    explainer.hasLabelValues || (await explainer.examplesOf(split)).labels !== null
  return {
    schemaVersion: 1,
    ...told,
    directory,
    name: /[^/\\]+(?=[/\\]*$)/.exec(directory)?.[0] ?? directory,
    fingerprint: fingerprint(JSON.stringify(manifest)),
    outputs: names.outputs,
    source: network?.source ?? null,
    layer: network?.layer ?? null,
    pictures: { train: train.shown, test: test.shown, asked: takesPictures(manifest) },
    maps: network !== null && isPictureShape(network.itemShape),
    labelled: { train: await labelsOf('train'), test: manifest.tests > 0 && (await labelsOf('test')) },
    warnings: [...warningsOf(manifest), ...train.warnings, ...test.warnings],
    correctedFrom: manifest.correctedFrom?.directory ?? null,
  }
}

/** The first example tells; where its file is gone a warning says so. */
async function hasPictures(
  thumbnails: Thumbnails,
  split: SplitName,
): Promise<{ shown: boolean; warnings: string[] }> {
  try {
    return { shown: await thumbnails.has(split), warnings: [] }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { shown: false, warnings: [`${split} examples are shown without pictures: ${error.message}`] }
  }
}

/** Pictures are pixels of one size, or of any where steps for that are kept. */
function takesPictures({ network }: Manifest): boolean {
  if (network === null) return false
  if (network.preprocess.picture) return true
  return network.dtype === 'uint8' && isPictureShape(network.itemShape)
}

/** Agreement below this is told. */
const POOR_AGREEMENT = 0.95

/** How a fit ended that did not converge. */
const ENDS: { readonly [S in Exclude<Manifest['fit']['status'], 'converged'>]: string } = {
  'precision-limited': 'came as near as single precision lets alpha be stored',
  'max-iterations': 'stopped at its limit of iterations',
  'line-search-failed': 'stopped where no step went further down',
}

function warningsOf({ fit, labelsFit, fidelity }: Manifest): string[] {
  const warnings: string[] = []
  const ended = { fit, 'fit with labels': labelsFit }
  for (const [name, certificate] of Object.entries(ended)) {
    if (certificate === null || certificate.status === 'converged') continue
    warnings.push(`the ${name} ${ENDS[certificate.status]}: values miss the logit by more than was asked for`)
  }
  const agreement = (fidelity.test ?? fidelity.train)?.argmaxAgreement ?? null
  if (agreement !== null && agreement < POOR_AGREEMENT) {
    warnings.push(`the fitted head predicts as the given model on ${percent(agreement)} of the examples only`)
  }
  return warnings
}
