import { product } from '../constant-shape.ts'
import { along, together } from './along.ts'
import type { Sizes } from './emitter.ts'
import { numbersOf } from './held.ts'
import { mirrored, padsOf, resized } from './resampling.ts'
import { fromFront, type Rule, type Rules, range, type Step, unary } from './rule.ts'

/*
 * Operators that move numbers about.
 */

/** What only says otherwise where the axes end. */
const reshaping: Rule = unary(({ e, g, x, sizes }) => e.reshape(g, sizes(x)))

export const SHAPES: Rules = {
  Identity: unary(({ g }) => g),
  Cast: unary(({ e, g, x, type }) => e.cast(g, type(x))),
  Dropout: {
    through: [0],
    values: [2],
    adjoint: step => {
      if (step.values(2)?.some(training => training !== 0)) step.refuse('training mode')
      return [step.g]
    },
  },
  Reshape: reshaping,
  Flatten: reshaping,
  Squeeze: reshaping,
  Unsqueeze: reshaping,
  Expand: unary(({ e, g, x, y, sizes }) => e.unbroadcast(g, sizes(y), sizes(x))),
  Transpose: unary(step => {
    const rank = step.sizes(step.x).length
    const perm = step.ints('perm') ?? range(0, rank).reverse()
    return step.e.op('Transpose', [step.g], { perm: range(0, rank).map(axis => perm.indexOf(axis)) })
  }),
  Concat: {
    adjoint: step => {
      const { e, g, y, node } = step
      const axis = fromFront(step.int('axis', 0), step.sizes(y).length)
      const parts = e.split(
        g,
        axis,
        node.input.map(input => step.sizes(input)[axis] ?? step.refuse('along the batch')),
      )
      return parts.map((part, at) => (step.wants(at) ? part : null))
    },
  },
  Split: {
    through: [0],
    manyOutputs: true,
    adjoint: step => {
      const { e, x, adjoints, node } = step
      const sizes = step.sizes(x)
      const axis = fromFront(step.int('axis', 0), sizes.length)
      const lengths = node.output.map(output => step.sizes(output)[axis] ?? step.refuse('along the batch'))
      const known = adjoints.filter(adjoint => adjoint !== null)
      if (known.length === adjoints.length) return [e.op('Concat', known, { axis })]
      const parts = adjoints.flatMap((adjoint, k) => {
        if (adjoint === null) return []
        const before = sizes.map((_, a) => (a === axis ? sum(lengths.slice(0, k)) : 0))
        const behind = sizes.map((_, a) => (a === axis ? sum(lengths.slice(k + 1)) : 0))
        return [e.pad(adjoint, before, behind)]
      })
      return [parts.length === 1 ? parts[0] : e.op('Sum', parts)]
    },
  },
  Slice: {
    through: [0],
    values: [1, 2, 3, 4],
    // Zeros between what was taken may reach past the end; each axis is turned about, spread and put in its place.
    holds: step => {
      const axes = step.values(1)?.length ?? 1
      const past = Math.max(1, ...(step.values(4) ?? []).map(Math.abs)) - 1
      const spread = product(step.sizes(step.x).map(size => (size === null ? 1 : size + past)))
      return { forward: 0, adjoint: 2 * numbersOf(step, step.y) + 3 * axes * spread }
    },
    adjoint: step => {
      const [starts, , axes, steps] = [1, 2, 3, 4].map(at => step.values(at))
      const rank = step.sizes(step.x).length
      const along = axes ?? range(0, starts?.length ?? 0)
      let out: Unslicing = { tensor: step.g, sizes: step.sizes(step.y) }
      for (const [k, axis] of along.entries()) {
        out = unsliced(step, out, fromFront(axis, rank), starts?.[k] ?? 0, steps?.[k] ?? 1)
      }
      return [out.tensor]
    },
  },
  Pad: {
    through: [0],
    values: [1, 3],
    adjoint: step => {
      const { e, g } = step
      if (step.text('mode', 'constant') !== 'constant') return [mirrored(step)]
      const [begin, end] = padsOf(step)
      return [
        e.pad(
          g,
          begin.map(count => -count),
          end.map(count => -count),
        ),
      ]
    },
  },
  Gather: unary(step => {
    const { e, g, x, node } = step
    const sizes = step.sizes(x)
    const axis = fromFront(step.int('axis', 0), sizes.length)
    const length = sizes[axis] ?? step.refuse('along the batch')
    const indices = e.reshape(e.cast(node.input[1], 'int64'), [null])
    // One row for each index, 1 where it points to.
    const chosen = e.op('OneHot', [indices, e.integers([length]), e.floats([0, 1])], { axis: 0 })
    const count = product(step.sizes(node.input[1]).map(size => size ?? step.refuse('indices by the batch')))
    const around = [...sizes.slice(0, axis), count, ...sizes.slice(axis + 1)]
    return e.reshape(along(e, g, around, axis, chosen), sizes)
  }),
  GatherElements: {
    ...unary(step => {
      const { e, g, x, node } = step
      const [sizes, indices] = [step.sizes(x), step.sizes(node.input[1])]
      const axis = fromFront(step.int('axis', 0), sizes.length)
      const length = sizes[axis] ?? step.refuse('along the batch')
      if (sizes.some((size, a) => a !== axis && size !== indices[a])) step.refuse('fewer indices than rows')
      // One place more behind each index: 1 where it points to.
      const chosen = e.op('OneHot', [node.input[1], e.integers([length]), e.floats([0, 1])], {
        axis: axis + 1,
      })
      const apart = [...indices.slice(0, axis + 1), 1, ...indices.slice(axis + 1)]
      return e.reshape(e.sum(e.mul(e.reshape(g, apart), chosen), [axis]), sizes)
    }),
    // Every index with a place for each of the axis.
    holds: step => {
      const axis = fromFront(step.int('axis', 0), step.sizes(step.x).length)
      const apart = numbersOf(step, step.y) * Number(step.sizes(step.x)[axis])
      return { forward: apart, adjoint: apart + numbersOf(step, step.x) + 2 * numbersOf(step, step.y) }
    },
  },
  CumSum: {
    through: [0],
    adjoint: step => {
      const [exclusive, reverse] = [step.int('exclusive', 0), step.int('reverse', 0)]
      return [step.e.op('CumSum', [step.g, step.node.input[1]], { exclusive, reverse: 1 - reverse })]
    },
  },
  Resize: { through: [0], values: [2], adjoint: step => [resized(step)] },
  Tile: {
    through: [0],
    values: [1],
    adjoint: step => {
      const { e, g, x } = step
      const sizes = step.sizes(x)
      const repeats = step.values(1) ?? []
      const apart = sizes.flatMap((size, axis): Sizes => [repeats[axis], size])
      const summed = e.sum(
        e.reshape(g, apart),
        sizes.map((_, axis) => 2 * axis),
      )
      return [e.reshape(summed, sizes)]
    },
  },
}

const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0)

/** A tensor on its way from the sizes of a slice to those of what was sliced. */
interface Unslicing {
  readonly tensor: string
  readonly sizes: Sizes
}

/** Puts every `stride`-th number along an axis back to where it was taken, zeros between. */
function unsliced(
  step: Step,
  { tensor, sizes }: Unslicing,
  axis: number,
  start: number,
  stride: number,
): Unslicing {
  const { e, x } = step
  const [length, count] = [step.sizes(x)[axis], sizes[axis]]
  if (length === count && stride === 1) return { tensor, sizes }
  if (length === null || count === null) return step.refuse('along the batch')
  const first = Math.min(Math.max(fromFront(start, length), 0), stride < 0 ? length - 1 : length)
  const gap = Math.abs(stride)
  const inOrder = stride < 0 ? e.flip(tensor, [axis]) : tensor
  const from = stride < 0 ? first + stride * (count - 1) : first
  const resized = (to: number) => sizes.map((size, a) => (a === axis ? to : size))
  let spread = inOrder
  if (gap > 1) {
    // `gap − 1` zeros behind every number.
    const around = [together(sizes.slice(0, axis)), count, 1, together(sizes.slice(axis + 1))]
    const apart = e.pad(e.reshape(inOrder, around), [0, 0, 0, 0], [0, 0, gap - 1, 0])
    spread = e.reshape(apart, resized(count * gap))
  }
  const at = (value: number) => sizes.map((_, a) => (a === axis ? value : 0))
  return { tensor: e.pad(spread, at(from), at(length - from - gap * count)), sizes: resized(length) }
}
