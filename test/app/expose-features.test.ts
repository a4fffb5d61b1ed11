import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { exposeFeatures } from '../../src/app/inspect/expose-features.ts'
import { inspect } from '../../src/app/inspect/inspect.node.ts'
import { exposeHead, Network } from '../../src/method/network/network.ts'
import { findHeads } from '../../src/onnx/head.ts'
import { readModel } from '../../src/onnx/model.ts'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'
import {
  externalData,
  modelBytes,
  modelFixture,
  namesWithHead,
  readExternal,
  valuesOf,
} from '../onnx/fixtures.ts'
import { temporaryDirectory } from './bundle.ts'

const fixture = (name: string) => join(import.meta.dirname, '../onnx/fixtures', `${name}.onnx`)

describe.each(namesWithHead)('%s, exposed', name => {
  test('declares its features and logits as float32 with their sizes', async () => {
    const { model, features, logits, d, c, externalFiles } = await exposeFeatures(fixture(name))
    const batch = modelFixture(name).inputs[0].shape?.[0] ?? null
    expect(readModel(model, name).outputs.slice(-2)).toEqual([
      { name: features, type: 'float32', shape: [batch, d] },
      { name: logits, type: 'float32', shape: [batch, c] },
    ])
    expect(externalFiles).toEqual(modelFixture(name).externalFiles)
  })

  test('gives a session of its own what the network gives here', async () => {
    const original = modelFixture(name)
    const { model, features, logits, d, c } = await exposeFeatures(fixture(name))
    const { input, itemShape } = await valuesOf(name)
    const session = await InferenceSession.create(model, {
      externalData: externalData(original).map(({ path, data }) => ({ path, data })),
    })
    const declared = session.outputMetadata.filter(({ name }) => name === features || name === logits)
    expect(declared.map(output => output.isTensor && [output.type, output.shape[1]])).toEqual([
      ['float32', d],
      ['float32', c],
    ])
    const answer = await session.run({ input: new Tensor('float32', input.data, [3, ...itemShape]) })
    await session.release()

    const [head] = (await findHeads(original, readExternal)).heads
    const { bytes, names: outputs } = exposeHead(original, head)
    const batch = original.inputs[0].shape?.[0] ?? null
    const shape = { name, inputName: 'input', inputShape: itemShape, batch, outputs, d, c }
    const network = await Network.load(cpuRuntime(), bytes, shape, externalData(original))
    const expected = await network.run(input)
    await network.release()
    expect(answer[features]).toMatchObject({ dims: [3, d], data: expected.features.data })
    expect(answer[logits]).toMatchObject({ dims: [3, c], data: expected.logits.data })
  })
})

test('bytes are as good as a path, as long as the head has its weights in them', async () => {
  expect(await exposeFeatures(modelBytes('gemm'))).toEqual(await exposeFeatures(fixture('gemm')))
  await expect(exposeFeatures(modelBytes('gemm-external'))).rejects.toMatchObject({
    name: 'UserError',
    code: 'model',
    message: expect.stringMatching(
      /^model: its head has weights in gemm-external\.onnx\.data, expected the path of the model, /,
    ),
  })
})

test('a name that is taken is numbered', async () => {
  const { features, logits } = await exposeFeatures(fixture('two-outputs'))
  expect([features, logits]).toEqual(['features_2', 'head_logits'])
})

test('inspect --expose writes the same copy', async () => {
  const expose = join(await temporaryDirectory(), 'exposed.onnx')
  const { exposed } = await inspect({ model: fixture('gemm'), expose })
  const { model, features, logits } = await exposeFeatures(fixture('gemm'))
  expect(exposed).toEqual({ file: expose, output: features, logits })
  expect(new Uint8Array(await readFile(expose))).toEqual(model)
})

test('what is no model with a head is refused in the words of inspect', async () => {
  await expect(exposeFeatures(fixture('no-linear'))).rejects.toThrow(
    /no-linear\.onnx: no linear head found; .*; compute the features yourself and use --features$/,
  )
  await expect(exposeFeatures(new Uint8Array(9))).rejects.toThrow(/^model: .*, expected an ONNX model, /)
  await expect(exposeFeatures('no-such.onnx')).rejects.toMatchObject({ code: 'not-found' })
})
