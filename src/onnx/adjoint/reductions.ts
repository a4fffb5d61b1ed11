import { product } from '../constant-shape.ts'
import { LEAST } from './emitter.ts'
import { fromFront, type Rule, type Rules, range, type Step } from './rule.ts'

/** A node whose reduced axes have come back with size 1. */
interface Reduced extends Step {
  readonly axes: readonly number[]
  /** The adjoint and the output, both with as many axes as the input. */
  readonly kept: { readonly g: string; readonly y: string }
}

/** A rule for a reduction, whose axes are an attribute or, since some operator set, the second input. */
const reduction = (adjoint: (step: Reduced) => string): Rule => ({
  through: [0],
  values: [1],
  adjoint: step => {
    const { e, x, y, g } = step
    const sizes = step.sizes(x)
    const given = step.values(1) ?? step.ints('axes') ?? []
    // Without axes all of them, or none: then what is done to each number is left, such as its square.
    const isNone = given.length === 0 && step.int('noop_with_empty_axes', 0) === 1
    const axes =
      given.length === 0 && !isNone
        ? range(0, sizes.length)
        : given.map(axis => fromFront(axis, sizes.length))
    const withOnes = sizes.map((size, axis) => (axes.includes(axis) ? 1 : size))
    const keep = (tensor: string) => (step.int('keepdims', 1) === 1 ? tensor : e.reshape(tensor, withOnes))
    return [adjoint({ ...step, axes, kept: { g: keep(g), y: keep(y) } })]
  },
})

/** Those that are equal to the largest or smallest share. */
const extreme = reduction(({ e, x, axes, kept }) => {
  const is = e.indicator(e.op('Equal', [x, kept.y]))
  return e.mul(kept.g, e.div(is, e.sum(is, axes)))
})

export const REDUCTIONS: Rules = {
  ReduceSum: reduction(({ e, x, kept, sizes }) => e.expand(kept.g, sizes(x))),
  ReduceMean: reduction(step => {
    const { e, x, axes, kept } = step
    const sizes = step.sizes(x)
    const count = product(axes.map(axis => sizes[axis] ?? step.refuse('a mean over the batch')))
    return e.expand(e.div(kept.g, count), sizes)
  }),
  ReduceMax: extreme,
  ReduceMin: extreme,
  ReduceSumSquare: reduction(({ e, x, kept }) => e.mul(kept.g, e.mul(x, 2))),
  ReduceL1: reduction(({ e, x, kept }) => e.mul(kept.g, e.op('Sign', [x]))),
  ReduceLogSum: reduction(({ e, x, kept, sizes }) =>
    e.expand(e.mul(kept.g, e.exp(e.op('Neg', [kept.y]))), sizes(x)),
  ),
  // Nothing where the norm is zero, as in PyTorch; beside any other the least number is lost.
  ReduceL2: reduction(({ e, x, kept }) => e.mul(kept.g, e.div(x, e.add(kept.y, LEAST)))),
  ReduceLogSumExp: reduction(({ e, x, kept }) => e.mul(kept.g, e.exp(e.sub(x, kept.y)))),
}
