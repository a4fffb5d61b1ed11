import { METHOD_NAMES, type MethodName } from '../../method/attribution/methods.ts'
import { whyNotFactored } from '../../method/curvature/inverse-hessian.ts'
import { type Chosen, chooseMeasured } from '../measured/chosen.ts'
import { areLikelihoods, type Begun } from './setting.ts'

/** What methods need that an explainer may not have: a reason, or null where it has it. */
const NEEDS: { readonly [K in MethodName]?: (begun: Begun) => string | null } = {
  'no-refit': ({ given }) =>
    given ? null : 'needs the given head, with no bias that the fit lacks, and labels',
  'influence-corrected': ({ problem }) => whyNotFactored(problem),
  'influence-loss': needsLikelihoods,
  'grad-dot': needsLikelihoods,
  'grad-cos': needsLikelihoods,
  tracin: () => 'needs checkpoints of the head, which explainers do not keep',
  'knn-shapley': ({ classes }) => (classes ? null : 'needs a class as the label of each training example'),
}

function needsLikelihoods({ problem }: Begun): string | null {
  return areLikelihoods(problem) ? null : 'needs outputs that are likelihoods, of classes or of yes and no'
}

/** Features, with the constant, or outputs, whose directions EK-FAC finds: of so many within a quarter of a minute. */
const MOST_UNASKED = 1000

/** Why a method that nobody named is not compared. */
const tooCostly = (method: MethodName, { theta }: Begun): string | null =>
  method === 'ek-fac' && Math.max(theta.rows, theta.cols) > MOST_UNASKED
    ? `takes long for more than ${MOST_UNASKED} features or outputs, name it in --methods to have it`
    : null

/**
 * The methods that can be compared. Errors: UserError where one that was asked for by name cannot.
 *
 * @param named those that were asked for; null for all
 */
export function availableMethods(begun: Begun, named: readonly MethodName[] | null): Chosen<MethodName> {
  return chooseMeasured(METHOD_NAMES, named, {
    cannot: method => NEEDS[method]?.(begun) ?? null,
    unasked: method => tooCostly(method, begun),
    option: '--methods',
  })
}
