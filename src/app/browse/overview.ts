import type { Explainer } from '../explainer/explainer.ts'
import type { SplitName } from '../explainer/stored-splits.ts'

/** What a person looks at first to see whether an explainer is good. */
export interface Overview {
  readonly schemaVersion: 1
  /** Given against fitted logits of a sample of examples and outputs; null where no model was given */
  readonly fidelity: {
    readonly sampled: number
    /** How many such pairs there are */
    readonly of: number
    readonly points: readonly FidelityPoint[]
  } | null
  /** Bounds of the gap in logits while the head was fitted, in order; empty where they were not recorded */
  readonly convergence: readonly { readonly evaluations: number; readonly gap: number }[]
  /** How many |α| of all examples and outputs lie in each bin, in steps of equal ratio; `zero` of them are 0 */
  readonly alpha: AlphaHistogram
}

export interface FidelityPoint {
  readonly split: SplitName
  readonly row: number
  readonly output: number
  /** The given model's logit, and the fitted head's */
  readonly given: number
  readonly fitted: number
}

export interface AlphaHistogram {
  /** One more than counts */
  readonly edges: readonly number[]
  readonly counts: readonly number[]
  readonly zero: number
}

/** Points of each split, as many as can be told apart. */
const POINTS = 1000

export async function overview(explainer: Explainer): Promise<Overview> {
  const { n, tests, c, fit } = explainer.manifest
  const points = [
    ...(await fidelityPoints(explainer, 'train', n)),
    ...(tests > 0 ? await fidelityPoints(explainer, 'test', tests) : []),
  ]
  return {
    schemaVersion: 1,
    fidelity: points.length > 0 ? { sampled: points.length, of: (n + tests) * c, points } : null,
    convergence: (fit.convergence ?? []).map(([evaluations, gap]) => ({ evaluations, gap })),
    alpha: await alphaHistogram(explainer),
  }
}

/** Rows spread evenly over a split, the outputs in turn; none where the given model's logits are not known. */
async function fidelityPoints(
  explainer: Explainer,
  split: SplitName,
  count: number,
): Promise<FidelityPoint[]> {
  const { c } = explainer.manifest
  const points: FidelityPoint[] = []
  const taken = Math.min(POINTS, count * c)
  for (let k = 0; k < taken; k++) {
    const row = Math.floor(((k + 0.5) * count) / taken)
    const output = k % c
    const { given, fitted } = await explainer.storedLogits(split, row)
    if (given === null) return []
    points.push({ split, row, output, given: given[output], fitted: fitted[output] })
  }
  return points
}

/** Bins to a power of ten. */
const PER_DECADE = 4

async function alphaHistogram(explainer: Explainer): Promise<AlphaHistogram> {
  const bins = new Map<number, number>()
  let zero = 0
  for await (const { matrix } of (await explainer.alphaRows()).blocks(4096)) {
    for (const alpha of matrix.data) {
      if (alpha === 0) zero++
      else {
        const bin = Math.floor(PER_DECADE * Math.log10(Math.abs(alpha)))
        bins.set(bin, (bins.get(bin) ?? 0) + 1)
      }
    }
  }
  const first = Math.min(...bins.keys())
  const length = bins.size === 0 ? 0 : Math.max(...bins.keys()) - first + 1
  return {
    edges: Array.from({ length: length === 0 ? 0 : length + 1 }, (_, k) => 10 ** ((first + k) / PER_DECADE)),
    counts: Array.from({ length }, (_, k) => bins.get(first + k) ?? 0),
    zero,
  }
}
