// Features of ready pixels, against the bare loop of ONNX Runtime over the same tensors.

import { measurePixels } from '../extraction.js'
import { extractionRow } from '../frame/extraction-row.js'

export async function measure(setting) {
  const measured = await measurePixels(setting)
  return extractionRow(
    "pixels through CIFAR-10's network, pictures",
    measured,
    'the bare loop of ONNX Runtime',
  )
}
