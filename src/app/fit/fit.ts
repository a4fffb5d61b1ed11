import { ExplainerWriter } from '../../store/write.node.ts'
import { openDevice, openRuntime } from '../machine/runtime.ts'
import { aboutPictures, answerOf, type FitAnswer, warnings } from './answer.ts'
import { fromArrays } from './arrays.ts'
import { startOf } from './heads.ts'
import { activationOf, leftOut, otherActivation, withNumbers } from './labels.ts'
import { makeExplainer } from './make-explainer.ts'
import { fromModel } from './model.ts'
import { checkFitOptions, type FitOptions } from './options.ts'
import { settle, softOf } from './setting.ts'
import { describeNetwork, writeNetwork } from './write.ts'

/**
 * Fits the head of a model to its own outputs or to labels, and writes an explainer: a directory with all
 * that explaining needs. Errors: UserError on anything that the user can mend; nothing is left behind then
 * but what was extracted, in a hidden folder from which the same fit goes on.
 */
export async function fit(options: FitOptions): Promise<FitAnswer> {
  checkFitOptions(options)
  const { out, force = false } = options
  // Made first, so that a place that cannot be written is found before the work is done.
  const writer = await ExplainerWriter.create(out, force)
  try {
    return await fitInto(writer, options)
  } catch (error) {
    const directory = await writer.abort()
    if (directory !== null) options.onProgress?.({ phase: 'kept', directory })
    throw error
  }
}

async function fitInto(writer: ExplainerWriter, options: FitOptions): Promise<FitAnswer> {
  const { out, signal, onProgress } = options
  const onDevice: string[] = []

  const begin = performance.now()
  const network = await openDevice(options.device ?? 'cpu', {
    signal,
    onWarning: warning => {
      onDevice.push(warning)
      onProgress?.({ phase: 'device', warning })
    },
  })
  const given = await (options.model === undefined
    ? fromArrays(options, writer)
    : fromModel(network, options, writer, (done, total) => onProgress?.({ phase: 'features', done, total })))
  const activation = activationOf(given.activation, options)
  const soft = await softOf(options, given.train)
  const inputs = withNumbers(given, activation, soft)
  const setting = await settle(inputs, activation, soft, options)
  const start = startOf(inputs, setting)
  if (inputs.network) await writeNetwork(writer, inputs.network)
  const { manifest, warned } = await makeExplainer(
    openRuntime(),
    writer,
    {
      inputs,
      setting,
      starts: { explained: start, labels: start },
      origin: { device: network.device, network: inputs.network && describeNetwork(inputs.network) },
      begin,
    },
    options,
  )
  return {
    ...answerOf(out, manifest, [
      ...onDevice,
      ...leftOut(given),
      ...otherActivation(given, activation),
      ...warned,
      ...warnings(manifest),
    ]),
    ...aboutPictures(inputs),
  }
}
