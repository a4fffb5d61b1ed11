import type { OnnxModel } from '../../onnx/model.ts'
import type { ExternalData, Runtime } from '../../runtime/runtime.ts'
import { UserError } from '../../user-error.ts'
import { product } from '../network/input-shape.ts'
import type { NetworkShape } from '../network/network.ts'
import { trialInputs } from '../network/trial-inputs.ts'
import type { Inputs } from './probe.ts'
import { batchOf } from './repeated.ts'
import { tensorValues } from './tensor-value.ts'

/** How far rounding may put the rows of a batch apart, as a share of what another order changes. */
const SAME = 1e-2

/** A tensor inside a network, with what the network is given beside its input. */
interface SizedTensor {
  readonly tensor: string
  readonly sizes: readonly number[]
  readonly further?: Inputs
}

/**
 * Which axis of a tensor is that of a batch that the network fixes. Sizes do not tell: time may have as many steps as
 * the batch has inputs. So inputs that differ are run in two orders, each moved on by one: along the batch's axis,
 * and along no other, the tensor is moved on by one too. Errors: UserError where no axis does that, or several do.
 */
export async function findBatchAxis(
  runtime: Runtime,
  model: OnnxModel,
  shape: NetworkShape,
  externalData: readonly ExternalData[],
  { tensor, sizes, further = {} }: SizedTensor,
): Promise<number> {
  const batch = shape.batch ?? 1
  const item = product(shape.inputShape)
  const { data } = trialInputs(batch, item, shape.name, shape.inputType)
  const orders = [data, movedOn(data, batch, item)].map(rows => ({
    ...batchOf(shape, rows, batch),
    ...further,
  }))
  const values = await tensorValues(runtime, model, externalData, tensor, orders)
  const [before, after] = values.map(value => value.data as Float32Array)
  const change = SAME * apart(before, after)
  const axes = [...sizes.keys()].filter(axis => {
    if (sizes[axis] !== batch || change === 0) return false
    return apart(movedOn(before, batch, product(sizes.slice(axis + 1))), after) <= change
  })
  if (axes.length === 1) return axes[0]
  throw new UserError(
    'model',
    `${tensor}: [${sizes.join(', ')}] for a batch of ${batch}, expected one axis that is the batch's, ` +
      'choose another tensor',
  )
}

/** Each of `count` places of an axis one further, the last one in front; `inner` numbers stand behind the axis. */
function movedOn(data: Float32Array, count: number, inner: number): Float32Array {
  const out = new Float32Array(data.length)
  for (let start = 0; start < data.length; start += count * inner) {
    const last = start + (count - 1) * inner
    out.set(data.subarray(last, last + inner), start)
    out.set(data.subarray(start, last), start + inner)
  }
  return out
}

const apart = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i])), 0)
