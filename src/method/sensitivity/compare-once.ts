import { random } from '../../math/random.ts'
import type { AdjointModel } from '../../onnx/adjoint/adjoint.ts'
import type { Sizes } from '../../onnx/adjoint/emitter.ts'
import { product } from '../../onnx/constant-shape.ts'
import type { Session, Tensor } from '../../runtime/runtime.ts'
import type { Inputs } from './probe.ts'
import { runModel } from './run.ts'

/**
 * How far gradients of a device may be from the processor's: a unit that stands on its kink turns them by a few
 * hundredths, a wrong kernel by about as much as they are.
 */
const TOLERANCE = 0.2

type Adjoint = Pick<AdjointModel, 'seed' | 'target' | 'gradients'>

/** What a runtime that holds devices against the processor has to know of gradients. */
export const toleranceOf = ({ gradients }: Adjoint): Record<string, number> =>
  Object.fromEntries(gradients.map(name => [name, TOLERANCE]))

/**
 * Runs once with random numbers and asks for the target and for the gradients, so that a device is held against the
 * processor in both before it answers anybody (see `withFallback`): some kernels are wrong only where the gradient
 * takes them.
 */
export async function compareOnce(
  session: Session,
  name: string,
  { seed, target, gradients }: Adjoint,
  { inputs, targetSizes }: { readonly inputs: Inputs; readonly targetSizes: Sizes },
): Promise<void> {
  const uniform = random(1)
  const drawn = (length: number) => Float32Array.from({ length }, () => 2 * uniform() - 1)
  const feeds = Object.fromEntries(
    Object.entries(inputs).map(([key, tensor]): [string, Tensor] => [
      key,
      tensor.data instanceof Float32Array ? { ...tensor, data: drawn(tensor.data.length) } : tensor,
    ]),
  )
  const dims = targetSizes.map(size => size ?? 1)
  const seeds = { type: 'float32', dims, data: drawn(product(dims)) } as const
  await runModel(session, name, { ...feeds, [seed.name]: seeds }, [target, ...gradients])
}
