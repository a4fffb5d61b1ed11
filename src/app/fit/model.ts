import { type Dataset, openDataset } from '../../data/open-dataset.node.ts'
import { findOutputNames } from '../../data/output-names.node.ts'
import { PictureWorkers } from '../../data/picture-workers.node.ts'
import { resolvePreprocess } from '../../data/preprocess.ts'
import { expectShape } from '../../math/matrix.ts'
import { headNetwork } from '../../method/network/head-network.ts'
import { Network } from '../../method/network/network.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { Journal } from '../../store/journal.node.ts'
import type { ExplainerWriter } from '../../store/write.node.ts'
import { UserError } from '../../user-error.ts'
import { type ChosenLayer, chooseLayer } from '../inspect/chosen-layer.ts'
import { type ModelFile, readModelFile } from '../inspect/model-file.node.ts'
import { readMachine } from '../machine/machine.node.ts'
import { extract, type SplitInputs, toInputs, verifyOnFirst } from './extraction.ts'
import { extractionKey } from './extraction-key.node.ts'
import type { FitInputs, OnFeatures, Split, UsedNetwork } from './inputs.ts'
import { activationOf, expectLabels, expectTargets } from './labels.ts'
import { type FitOptions, tableChoice } from './options.ts'
import { outputNames } from './output-names.ts'
import { type PictureTreatment, refusePictureOptions, treatPictures } from './pictures.ts'
import { planWithin } from './plan.ts'
import { readNames } from './read-names.node.ts'
import { openSoft } from './setting.ts'
import { storeSplit } from './store-split.ts'

/**
 * What a fit starts from, made by running a model on examples, or left in the work folder by an earlier run.
 * Errors: UserError where they do not fit.
 */
export async function fromModel(
  runtime: Runtime,
  options: FitOptions,
  writer: ExplainerWriter,
  onFeatures: OnFeatures,
): Promise<FitInputs> {
  const file = await readModelFile(options.model ?? '')
  const layer = await chooseLayer(file, options.layer)
  const hidden = layer.output === null
  if (options.train === undefined) {
    throw new UserError(
      'usage',
      `${file.model.name}: nothing to run the model on: expected --train with the training examples`,
    )
  }
  const { labels, testLabels } = options
  const choice = tableChoice(options)
  const train = await openDataset(options.train, 'train', { ...choice, labels })
  const columns = train.kind === 'array' ? train.table?.columns : undefined
  const test =
    options.test === undefined
      ? null
      : await openDataset(options.test, 'test', {
          ...choice,
          labels: testLabels,
          ...(columns && { columns }),
        })
  if (train.kind === 'array') refusePictureOptions(options, train.name)
  const treatment = train.kind === 'pictures' ? await treatPictures(file.model, options) : null
  const used = usedNetwork(file, layer, kindOf(train, treatment, options))
  if (test) expectSameKind(test, train)
  const { c } = used.shape
  // Units have no names, though their examples' labels may; a single output may tell two classes apart.
  const named = hidden || c === 1 ? null : c
  const ofModel =
    options.classes === undefined && named !== null ? await findOutputNames(file.model.name, named) : null
  const classes = await outputNames(train, named, options.classes, ofModel)
  const workers =
    treatment &&
    new PictureWorkers(
      { steps: treatment.preprocess.picture, itemShape: treatment.itemShape },
      { signal: options.signal },
    )
  const [trainInputs, testInputs] = [train, test].map(
    dataset => dataset && toInputs(dataset, used, treatment, classes, options.skipBad ?? false, workers),
  )
  if (!trainInputs) throw new Error('training examples without inputs')
  const total = train.count + (test?.count ?? 0)
  // Before hours of extraction.
  const activation = activationOf(layer.sigma, options)
  if (options.targets) expectTargets(options.targets, { train: trainInputs, hidden }, activation, true)
  if (!hidden) {
    for (const split of testInputs ? [trainInputs, testInputs] : [trainInputs]) {
      expectLabels(split, split.labelsName, activation, c)
    }
  }

  await openSoft(options, train.count, c)
  if (options.ids !== undefined) await readNames(options.ids, train.count, 'training example')
  const { dtype = 'float32' } = options
  const { d } = used.shape
  const size = { n: train.count, examples: total, d, c, dtype, hasValues: train.values !== null }
  const plan = planWithin(size, options.memory, readMachine().memory)

  // Pictures are decoded while it runs.
  const spins = train.kind !== 'pictures'
  const network = await Network.load(runtime, used.bytes, used.shape, file.externalData, { spins })
  try {
    await verifyOnFirst(network, used, trainInputs)
    const keyOf = await extractionKey(runtime, used)
    const extracted = async (
      split: 'train' | 'test',
      inputs: SplitInputs,
      before: number,
    ): Promise<Split> => {
      const { device } = runtime
      const { features, logits, ...rest } = await extract(network, inputs, {
        split,
        isSameDevice: () => runtime.device === device,
        journal: new Journal(writer.work.path, split, {
          name: options.out,
          key: await keyOf(inputs, network.batchOf(inputs.rows)),
          skipped: inputs.skipped,
          skipBad: options.skipBad ?? false,
        }),
        onFeatures: done => onFeatures(before + done, total),
        onProgress: options.onProgress,
        signal: options.signal,
      })
      const found = {
        split,
        features: { rows: features, name: `${used.shape.name}: features of ${inputs.name}` },
        logits: { rows: logits, name: `${used.shape.name}: logits of ${inputs.name}` },
      }
      const inMemory = split === 'train' && plan.features
      return { ...rest, ...(await storeSplit(writer, found, { dtype, inMemory, signal: options.signal })) }
    }
    return {
      train: await extracted('train', trainInputs, 0),
      test: testInputs && (await extracted('test', testInputs, train.count)),
      plan,
      givenHead: { weight: layer.weight, bias: layer.bias },
      network: used,
      activation: layer.sigma,
      hidden,
      classes,
      treatment,
    }
  } finally {
    await workers?.close()
    await network.release()
  }
}

/** Test examples are treated as training examples are, so they have to be of their kind. */
function expectSameKind(test: Dataset, train: Dataset): void {
  if (test.kind === 'array' && train.kind === 'array') {
    expectShape(test.name, [test.count, ...test.itemShape], [test.count, ...train.itemShape])
    if (test.dtype === train.dtype) return
    throw new UserError('value', `${test.name}: ${test.dtype}, expected ${train.dtype} as in ${train.name}`)
  }
  if (test.kind === train.kind) return
  const words = { array: 'an array', pictures: 'pictures in files' }
  throw new UserError(
    'value',
    `${test.name}: ${words[test.kind]}, expected ${words[train.kind]} as in ${train.name}`,
  )
}

/** What a network has to know of its examples. */
type Kind = Pick<UsedNetwork, 'itemShape' | 'dtype' | 'preprocess'>

function kindOf(train: Dataset, treatment: PictureTreatment | null, options: FitOptions): Kind {
  if (train.kind === 'array') {
    const { itemShape, dtype } = train
    return { itemShape, dtype, preprocess: resolvePreprocess(options, dtype) }
  }
  if (!treatment) throw new Error('pictures without a treatment')
  return { itemShape: treatment.itemShape, dtype: 'uint8', preprocess: treatment.preprocess }
}

function usedNetwork(file: ModelFile, layer: ChosenLayer, kind: Kind): UsedNetwork {
  const { model, sha256, externalData } = file
  return { ...headNetwork(model, layer, kind.itemShape), externalData, layer, sha256, ...kind }
}
