import { describe, expect, test } from 'vitest'
import { exposeTensors, unusedName } from '../../src/onnx/expose.ts'
import { findHeads } from '../../src/onnx/head.ts'
import { readModel } from '../../src/onnx/model.ts'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'
import { externalData, modelBytes, modelFixture, modelNames, readExternal, valuesOf } from './fixtures.ts'

describe.each(modelNames)('%s with its features and logits exposed', name => {
  test('gives what PyTorch gave', async () => {
    const model = modelFixture(name)
    const { input, itemShape, output, head } = await valuesOf(name)
    const [found] = (await findHeads(model, readExternal)).heads
    if (!found || !head) return
    const exposed = exposeTensors(model, {
      my_features: { tensor: found.features, form: found.form },
      my_logits: { tensor: found.logits, form: found.form === 'rows' ? 'rows' : 'flat' },
    })
    const session = await cpuRuntime(1).load(exposed, externalData(model))
    const inputs = { input: { type: 'float32' as const, dims: [3, ...itemShape], data: input.data } }
    const answer = await session.run(inputs, ['my_features', 'my_logits', found.output])
    await session.release()
    expectClose(answer.my_features.data as Float32Array, head.features.data)
    expectClose(answer.my_logits.data as Float32Array, head.logits.data)
    // Its own outputs are untouched.
    expectClose(answer[found.output].data as Float32Array, output)
    expect(answer.my_features.dims).toEqual([3, head.features.cols])
    expect(answer.my_logits.dims).toEqual([3, head.logits.cols])
  })

  test('is the file as it was, with something behind it', () => {
    const model = modelFixture(name)
    const exposed = exposeTensors(model, { again: { tensor: model.outputs[0].name, form: 'rows' } })
    expect(exposed.subarray(0, model.bytes.length)).toEqual(modelBytes(name))
    expect(readModel(exposed, name).outputs.map(output => output.name)).toEqual([
      ...model.outputs.map(output => output.name),
      'again',
    ])
  })
})

test('a tensor can be exposed by its sizes alone', async () => {
  const exposed = exposeTensors(modelFixture('conv'), { sizes: { tensor: 'input', form: 'sizes' } })
  const session = await cpuRuntime(1).load(exposed)
  const input = { type: 'float32' as const, dims: [2, 1, 8, 8], data: new Float32Array(128) }
  const { sizes } = await session.run({ input }, ['sizes'])
  await session.release()
  expect(Array.from(sizes.data, Number)).toEqual([2, 1, 8, 8])
})

function expectClose(found: Float32Array, expected: Float32Array): void {
  expect(found.length).toBe(expected.length)
  found.forEach((x, i) => {
    expect(Math.abs(x - expected[i])).toBeLessThanOrEqual(1e-5)
  })
}

test('an unused name is the one asked for, or numbered behind inputs, weights and tensors that have it', () => {
  const model = modelFixture('two-outputs')
  expect(unusedName(model, 'embedding')).toBe('embedding')
  expect(unusedName(model, 'features')).toBe('features_2')
  expect(unusedName(model, 'input')).toBe('input_2')
  const weight = [...model.initializers.keys()][0]
  expect(unusedName(model, weight)).toBe(`${weight}_2`)
  const exposed = readModel(
    exposeTensors(model, { features_2: { tensor: 'features', form: 'rows' } }),
    'm.onnx',
  )
  expect(unusedName(exposed, 'features')).toBe('features_3')
})
