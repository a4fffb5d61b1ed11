import type { Problem } from '../head/problem.ts'

/** Heads that only order examples need not come nearer their optimum, in logits. */
export const LOOSE_GAP = 1e-2

/** The bias of a head that may see no example of a class, where a free one has no minimum. */
export const heldBias = (bias: Problem['bias']): Problem['bias'] => (bias === 'free' ? 'regularised' : bias)
