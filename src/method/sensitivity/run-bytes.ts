import type { FloatType, Sizes } from '../../onnx/adjoint/emitter.ts'
import type { Path } from '../../onnx/adjoint/path.ts'
import type { OnnxModel } from '../../onnx/model.ts'

/** What one run holds at once, in bytes, beside the weights. */
export interface RunBytes {
  /** Of the network itself, for one input or the batch that it fixes */
  readonly forward: number
  /** Of one seed */
  readonly adjoint: number
}

const WIDTH: { readonly [K in FloatType]: number } = { float32: 4, float64: 8 }

/**
 * An upper bound of the tensors of a run, by their sizes: as if ONNX Runtime freed none of them before the end.
 *
 * @param holds what the adjoint computes beside the model
 */
export function runBytes(
  { initializers }: Pick<OnnxModel, 'initializers'>,
  sizes: ReadonlyMap<string, Sizes>,
  { target, types }: Path,
  holds: RunBytes,
): RunBytes {
  const bytesOf = (tensor: string) =>
    WIDTH[types.get(tensor) ?? 'float32'] *
    (sizes.get(tensor) ?? []).reduce<number>((total, size) => total * (size ?? 1), 1)
  const own = [...sizes.keys()].filter(tensor => !initializers.has(tensor))
  return {
    forward: own.reduce((total, tensor) => total + bytesOf(tensor), holds.forward),
    adjoint: bytesOf(target) + holds.adjoint,
  }
}
