import type { Matrix } from '../../math/matrix.ts'
import type { Rows } from '../../math/rows.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { UserError } from '../../user-error.ts'
import { ekFac } from '../curvature/ek-fac.ts'
import {
  FactoredHessian,
  type InverseHessian,
  isFactored,
  openInverse,
} from '../curvature/inverse-hessian.ts'
import { leverages } from '../curvature/leverage.ts'
import type { Stoppable } from '../curvature/stoppable.ts'
import type { Problem } from '../head/problem.ts'
import type { Attribution } from './attribution.ts'
import { type Form, formAttribution } from './form.ts'
import { type Checkpoint, gradCosForm, tracInForm } from './gradient.ts'
import { correctedForm, influenceForm, influenceLossForm } from './influence.ts'
import { similarityForm, whitenedForm } from './kernels.ts'
import { knnShapley } from './knn-shapley.ts'
import { randomAttribution } from './random.ts'
import { centredForm, noRefitForm, representerForm } from './representer.ts'

/** What methods are made from. */
export interface AttributionSource extends Stoppable {
  readonly problem: Problem
  /** Θ, the optimum of the problem [d (+1), c] */
  readonly theta: Matrix<Float64Array>
  /** The Hessian at Θ where it is factored already, to be released by whoever made it; made unless given */
  readonly hessian?: FactoredHessian
  /** For `no-refit`: the head as it was given [d (+1), c], and labels [n, c] */
  readonly given?: { readonly theta: Matrix<Float64Array>; readonly labels: Rows }
  /** For `tracin`: one or more */
  readonly checkpoints?: readonly Checkpoint[]
  /** For `knn-shapley`: the class of each training example [n], and how many neighbours vote */
  readonly classes?: Int32Array
  readonly neighbours?: number
  /** Of `random` */
  readonly seed?: number
}

export const METHOD_NAMES = [
  'representer',
  'relative',
  'cosine',
  'centred',
  'no-refit',
  'influence',
  'influence-corrected',
  'influence-loss',
  'ek-fac',
  'grad-dot',
  'grad-cos',
  'tracin',
  'whitened',
  'similarity-cosine',
  'similarity-dot',
  'similarity-euclidean',
  'knn-shapley',
  'random',
] as const

export type MethodName = (typeof METHOD_NAMES)[number]

type Open = (runtime: Runtime, source: AttributionSource) => Promise<Attribution>

const fromForm =
  (make: (source: AttributionSource, runtime: Runtime) => Form | Promise<Form>): Open =>
  async (runtime, source) =>
    formAttribution(runtime, await make(source, runtime))

/** What makes each method; its formula and source stand with what it calls. */
const METHODS: { readonly [K in MethodName]: Open } = {
  representer: fromForm(({ problem, theta }) => representerForm(problem, theta, 'plain')),
  relative: fromForm(({ problem, theta }) => representerForm(problem, theta, 'relative')),
  cosine: fromForm(({ problem, theta }) => representerForm(problem, theta, 'cosine')),
  centred: fromForm(({ problem, theta }) => centredForm(problem, theta)),
  'no-refit': fromForm(({ problem, given }) => {
    const { theta, labels } = needed('no-refit', given, 'the given head and labels')
    return noRefitForm(problem, theta, labels)
  }),
  influence: fromForm(async (source, runtime) =>
    influenceForm(source.problem, source.theta, await inverseOf(runtime, source)),
  ),
  'influence-corrected': fromForm(async ({ problem, theta, hessian, signal }, runtime) => {
    if (!isFactored(problem)) {
      throw new UserError(
        'value',
        `influence-corrected: features times outputs are ${theta.data.length}, expected at most about 10,000, use influence`,
      )
    }
    const made = hessian ?? (await FactoredHessian.make(runtime, problem, theta, { signal }))
    const inverse = hessian ? kept(hessian) : made
    try {
      const { corrected } = await leverages(runtime, problem, theta, made, { signal })
      return correctedForm(problem, theta, inverse, corrected)
    } catch (error) {
      await inverse.release()
      throw error
    }
  }),
  'influence-loss': fromForm(async (source, runtime) =>
    influenceLossForm(source.problem, source.theta, await inverseOf(runtime, source)),
  ),
  'ek-fac': fromForm(async ({ problem, theta, signal }, runtime) =>
    influenceForm(problem, theta, await ekFac(runtime, problem, theta, { signal })),
  ),
  'grad-dot': fromForm(({ problem, theta }) => tracInForm(problem, [{ theta, rate: 1 }])),
  'grad-cos': fromForm(({ problem, theta }) => gradCosForm(problem, theta)),
  tracin: fromForm(({ problem, checkpoints }) =>
    tracInForm(
      problem,
      needed('tracin', checkpoints?.length ? checkpoints : undefined, 'checkpoints of the head'),
    ),
  ),
  whitened: fromForm(({ problem, signal }, runtime) => whitenedForm(runtime, problem, { signal })),
  'similarity-cosine': fromForm(({ problem }) => similarityForm(problem.features, 'cosine')),
  'similarity-dot': fromForm(({ problem }) => similarityForm(problem.features, 'dot')),
  'similarity-euclidean': fromForm(({ problem }) => similarityForm(problem.features, 'euclidean')),
  async 'knn-shapley'(runtime, { problem, classes, neighbours }) {
    return knnShapley({
      similarity: await formAttribution(runtime, similarityForm(problem.features, 'euclidean')),
      classes: needed('knn-shapley', classes, 'a class for each training example'),
      ...(neighbours !== undefined && { neighbours }),
    })
  },
  random: async (_, { problem, seed = 0 }) => randomAttribution(problem.features.rows, seed),
}

/**
 * Opens a method at a head. Errors: UserError `value` where it needs what the source does not have, or the head is
 * too large for it.
 */
export function openAttribution(
  runtime: Runtime,
  method: MethodName,
  source: AttributionSource,
): Promise<Attribution> {
  return METHODS[method](runtime, source)
}

function needed<T>(method: MethodName, given: T | undefined, what: string): T {
  if (given !== undefined) return given
  throw new UserError('value', `${method}: ${what} not given, give them or leave the method out`)
}

async function inverseOf(
  runtime: Runtime,
  { problem, theta, hessian, signal }: AttributionSource,
): Promise<InverseHessian> {
  return hessian ? kept(hessian) : openInverse(runtime, problem, theta, { signal })
}

/** An inverse that outlives the method that uses it. */
const kept = (inverse: InverseHessian): InverseHessian => ({
  solve: vectors => inverse.solve(vectors),
  release: async () => undefined,
})
