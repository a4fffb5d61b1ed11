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
 * An upper bound of the tensors of a run, by their sizes: as if ONNX Runtime freed none of them before the end. A
 * seed has an adjoint for each tensor with a gradient, and what is computed on the way to it, which is about as much.
 */
export function runBytes(
  { initializers }: Pick<OnnxModel, 'initializers'>,
  sizes: ReadonlyMap<string, Sizes>,
  { types }: Path,
): RunBytes {
  let [forward, adjoint] = [0, 0]
  for (const [tensor, axes] of sizes) {
    if (initializers.has(tensor)) continue
    const type = types.get(tensor)
    const bytes = WIDTH[type ?? 'float32'] * axes.reduce<number>((total, size) => total * (size ?? 1), 1)
    forward += bytes
    if (type !== undefined) adjoint += 2 * bytes
  }
  return { forward, adjoint }
}
