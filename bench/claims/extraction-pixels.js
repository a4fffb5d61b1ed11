// Features of ready pixels, against the bare loop of ONNX Runtime over the same tensors.

import { measurePixels } from '../extraction.js'
import { row } from '../frame/row.js'

export async function measure(setting) {
  const { ours, peer, ...rest } = await measurePixels(setting)
  return row({
    what: 'CIFAR-10 through its network, pictures',
    unit: 'a second',
    ours,
    peer: { name: 'the bare loop of ONNX Runtime', value: peer },
    ratio: ours / peer,
    target: { atLeast: 0.9 },
    notes: rest.notes ?? [],
  })
}
