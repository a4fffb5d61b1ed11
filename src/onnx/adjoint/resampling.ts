import { along, identity } from './along.ts'
import type { Sizes } from './emitter.ts'
import { fromFront, range, type Step } from './rule.ts'

/*
 * Operators that do the same along one axis after another, each time a linear map. What its matrix is, the operator
 * itself tells, given the identity: so all its modes are those of ONNX Runtime.
 */

/** What a Pad puts in front of and behind every axis. */
export function padsOf(step: Step): [number[], number[]] {
  const rank = step.sizes(step.x).length
  const pads = step.values(1) ?? []
  const axes = (step.values(3) ?? range(0, rank)).map(axis => fromFront(axis, rank))
  const [begin, end] = [new Array<number>(rank).fill(0), new Array<number>(rank).fill(0)]
  for (const [k, axis] of axes.entries()) {
    begin[axis] = pads[k]
    end[axis] = pads[k + axes.length]
  }
  return [begin, end]
}

/** The adjoint of a Pad by what stands at the edge or is mirrored there. */
export function mirrored(step: Step): string {
  const { e, node } = step
  const [begin, end] = padsOf(step)
  return axisByAxis(step, (size, axis) => {
    if (begin[axis] === 0 && end[axis] === 0) return null
    return e.again(node, [identity(e, size), e.integers([0, begin[axis], 0, end[axis]])], 1)[0]
  })
}

/** The adjoint of a Resize. */
export function resized(step: Step): string {
  const { e, node } = step
  const rank = step.sizes(step.x).length
  if (step.text('coordinate_transformation_mode', 'half_pixel') === 'tf_crop_and_resize') {
    step.refuse('coordinate_transformation_mode tf_crop_and_resize')
  }
  const policy = step.text('keep_aspect_ratio_policy', 'stretch')
  if (policy !== 'stretch') step.refuse(`keep_aspect_ratio_policy ${policy}`)
  const axes = (step.ints('axes') ?? range(0, rank)).map(axis => fromFront(axis, rank))
  const scales = step.values(2)
  const alone = { ...node, attribute: node.attribute.filter(({ name }) => name !== 'axes') }
  return axisByAxis(step, (size, axis, to) => {
    const at = axes.indexOf(axis)
    if (at < 0 || (size === to && (scales?.[at] ?? 1) === 1)) return null
    const how = scales?.length ? [e.floats([1, scales[at]])] : [e.floats([]), e.integers([size, to])]
    return e.again(alone, [identity(e, size), e.floats([]), ...how], 1)[0]
  })
}

/**
 * Goes back through what every axis was multiplied with.
 *
 * @param turned the matrix of an axis [from, to]; null for one that stays as it is
 */
function axisByAxis(step: Step, turned: (size: number, axis: number, to: number) => string | null): string {
  const [from, to] = [step.sizes(step.x), step.sizes(step.y)]
  let tensor = step.g
  let sizes: Sizes = to
  for (const [axis, size] of from.entries()) {
    const resultSize = to[axis]
    if (size === null || resultSize === null) continue
    const matrix = turned(size, axis, resultSize)
    if (matrix === null) continue
    tensor = along(step.e, tensor, sizes, axis, matrix)
    sizes = sizes.map((other, a) => (a === axis ? size : other))
  }
  return step.e.reshape(tensor, from)
}
