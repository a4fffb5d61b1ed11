import { inputTensor } from '../network/input-tensor.ts'
import type { NetworkShape } from '../network/network.ts'
import type { Inputs } from './probe.ts'

/** One ready input, as often as asked for. */
export function repeated(shape: NetworkShape, input: Float32Array, batch: number): Inputs {
  const data = new Float32Array(batch * input.length)
  for (let i = 0; i < batch; i++) data.set(input, i * input.length)
  return batchOf(shape, data, batch)
}

/** As many ready inputs as a batch has, one behind the other. */
export function batchOf(
  { name, inputName, inputType = 'float32', inputShape }: NetworkShape,
  data: Float32Array,
  batch: number,
): Inputs {
  return { [inputName]: inputTensor(inputType, data, [batch, ...inputShape], name) }
}
