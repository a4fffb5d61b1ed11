import { createHash } from 'node:crypto'
import { availableParallelism, cpus } from 'node:os'
import { identify } from '../../data/identity.node.ts'
import { onnxRuntimeVersion } from '../../runtime/onnxruntime.node.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { JournalKey } from '../../store/journal-lines.ts'
import { VERSION } from '../../version.ts'
import type { SplitInputs } from './extraction.ts'
import type { UsedNetwork } from './inputs.ts'

/**
 * Everything that decides features and logits to the last bit, by the names under which people are told what
 * has changed. Labels are not among it: they are read anew.
 */
export async function extractionKey(
  runtime: Runtime,
  { bytes, externalData, layer, shape, itemShape, dtype, preprocess }: UsedNetwork,
): Promise<(examples: Examples, batch: number) => Promise<JournalKey>> {
  const version = `onnxruntime-node ${await onnxRuntimeVersion()}`
  const ofNetwork = {
    program: VERSION,
    model: [sha256(bytes), ...externalData.map(({ path, data }) => [path, sha256(data)])],
    layer: layer.layer,
    'pre-processing': { dtype, itemShape, inputShape: shape.inputShape, ...preprocess },
    processor: [cpus()[0]?.model, process.arch, availableParallelism()],
  }
  return async ({ rows, source, paths }, batch) => ({
    ...ofNetwork,
    // A device may have been left for the processor by now.
    runtime: [version, runtime.device],
    batch,
    data: [rows.rows, await identify(source, paths)],
  })
}

type Examples = Pick<SplitInputs, 'rows' | 'source' | 'paths'>

/** Node does not hash 2 GiB at once. */
const CHUNK = 2 ** 26

function sha256(bytes: Uint8Array): string {
  const hash = createHash('sha256')
  for (let at = 0; at < bytes.byteLength; at += CHUNK) hash.update(bytes.subarray(at, at + CHUNK))
  return hash.digest('hex')
}
