import { METHOD_NAMES, type MethodName } from '../../method/attribution/methods.ts'
import { isFactored } from '../../method/curvature/inverse-hessian.ts'
import { UserError } from '../../user-error.ts'
import { areLikelihoods, type Setting } from './setting.ts'

/** A method that is not compared, and why. */
export interface LeftOut {
  readonly method: MethodName
  readonly reason: string
}

/** What methods need that an explainer may not have: a reason, or null where it has it. */
const NEEDS: { readonly [K in MethodName]?: (setting: Setting) => string | null } = {
  'no-refit': ({ given }) =>
    given ? null : 'needs the given head, with no bias that the fit lacks, and labels',
  'influence-corrected': ({ problem }) =>
    isFactored(problem) ? null : 'needs features times outputs of about 10,000 at most',
  'influence-loss': needsLikelihoods,
  'grad-dot': needsLikelihoods,
  'grad-cos': needsLikelihoods,
  tracin: () => 'needs checkpoints of the head, which explainers do not keep',
  'knn-shapley': ({ classes }) => (classes ? null : 'needs a class as the label of each training example'),
}

function needsLikelihoods({ problem }: Setting): string | null {
  return areLikelihoods(problem) ? null : 'needs outputs that are likelihoods, of classes or of yes and no'
}

/** Features, with the constant, or outputs, whose directions EK-FAC finds: of so many within a quarter of a minute. */
const MOST_UNASKED = 1000

/** Why a method that nobody named is not compared. */
const tooCostly = (method: MethodName, { theta }: Setting): string | null =>
  method === 'ek-fac' && Math.max(theta.rows, theta.cols) > MOST_UNASKED
    ? `takes long for more than ${MOST_UNASKED} features or outputs, name it in --methods to have it`
    : null

/**
 * The methods that can be compared. Errors: UserError where one that was asked for by name cannot.
 *
 * @param named those that were asked for; null for all
 */
export function availableMethods(
  setting: Setting,
  named: readonly MethodName[] | null,
): { readonly methods: readonly MethodName[]; readonly leftOut: readonly LeftOut[] } {
  const leftOut = (named ?? METHOD_NAMES).flatMap(method => {
    const reason = NEEDS[method]?.(setting) ?? (named ? null : tooCostly(method, setting))
    return reason === null ? [] : [{ method, reason }]
  })
  if (named && leftOut.length > 0) {
    const [{ method, reason }] = leftOut
    throw new UserError('value', `${method}: ${reason}, leave it out of --methods`)
  }
  const methods = (named ?? METHOD_NAMES).filter(name => !leftOut.some(({ method }) => method === name))
  return { methods, leftOut }
}
