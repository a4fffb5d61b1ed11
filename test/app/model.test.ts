import { copyFile, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { explain } from '../../src/app/explain/explain.ts'
import { openExplainer } from '../../src/app/explainer/open.ts'
import { fit } from '../../src/app/fit/fit.ts'
import { inspect } from '../../src/app/inspect/inspect.node.ts'
import { bytesOf } from '../../src/formats/bytes.ts'
import type { NdArray } from '../../src/formats/ndarray.ts'
import { readNpz } from '../../src/formats/npz.ts'
import { random } from '../../src/math/random.ts'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'
import { saveArray, temporaryDirectory } from './bundle.ts'

const FIXTURES = join(import.meta.dirname, '../onnx/fixtures')
const fixture = (name: string) => join(FIXTURES, name)

/** Random 8 × 8 pictures of bytes, with labels, as files. */
async function writePictures(n: number) {
  const directory = await temporaryDirectory()
  const uniform = random(5)
  const pixels = Uint8Array.from({ length: n * 64 }, () => Math.floor(256 * uniform()))
  const pictures: NdArray = { dtype: 'uint8', shape: [n, 8, 8], data: pixels }
  const labels: NdArray = {
    dtype: 'uint8',
    shape: [n],
    data: Uint8Array.from({ length: n }, () => 4 * uniform()),
  }
  return {
    directory,
    pixels,
    train: await saveArray(directory, 'pictures', pictures),
    labels: await saveArray(directory, 'labels', labels),
    out: join(directory, 'explainer'),
  }
}

test('a model is run, fitted and kept: a picture explained later is pre-processed exactly as in training', async () => {
  const { directory, pixels, train, labels, out } = await writePictures(60)
  const model = join(directory, 'model.onnx')
  await copyFile(fixture('conv.onnx'), model)
  const preprocess = { mean: [0.2], std: [0.5] }
  const answer = await fit({ model, train, labels, out, ...preprocess })
  expect(answer).toMatchObject({ n: 60, d: 32, c: 4, targets: 'teacher' })

  // Neither the model nor the data is needed again.
  await rename(model, join(directory, 'moved.onnx'))
  const explainer = await openExplainer(out)
  const stored = await explainer.explainStored('train', 7)
  const picture = pixels.subarray(7 * 64, 8 * 64)
  const query = { input: 'train/7', label: stored.label }
  expect(await explainer.explainInput(picture, {}, query)).toEqual(stored)

  const ready = Float32Array.from(picture, x => (x * (1 / 255)) / 0.5 - 0.2 / 0.5)
  const byReady = await explainer.explainInput(ready, {}, query)
  expect(byReady.logit).toBeCloseTo(stored.logit, 5)

  const file = join(directory, 'seven.png')
  await sharp(picture, { raw: { width: 8, height: 8, channels: 1 } })
    .png()
    .toFile(file)
  const { explanations } = await explain({ directory: out, inputs: [file, `${train}#7`], raw: true })
  for (const explanation of explanations) {
    expect({ ...explanation, input: 'train/7', label: stored.label }).toEqual(stored)
  }
  await explainer.close()
})

test('givenLogit is what the model itself gives', async () => {
  const { train, out } = await writePictures(20)
  const arrays = await readNpz(bytesOf(await readFile(fixture('conv.npz')), 'conv.npz'))
  await fit({ model: fixture('conv.onnx'), train, out })
  const explainer = await openExplainer(out)
  const input = arrays.get('input')
  const logits = arrays.get('logits')
  for (let j = 0; j < 4; j++) {
    const { givenLogit } = await explainer.explainInput(input?.data.slice(0, 64) as Float32Array, {
      output: j,
    })
    expect(givenLogit).toBeCloseTo(Number(logits?.data[j]), 5)
  }
  await explainer.close()
})

test.each(['conv-after-pooling', 'conv-before-pooling', 'conv-before-mean', 'conv-before-window'])(
  '%s: a head that is a 1×1 convolution is fitted on its pooled input, and the values sum to the logit',
  async name => {
    const { train, labels, out } = await writePictures(40)
    const arrays = await readNpz(bytesOf(await readFile(fixture(`${name}.npz`)), `${name}.npz`))
    const answer = await fit({ model: fixture(`${name}.onnx`), train, labels, out })
    expect(answer).toMatchObject({ n: 40, d: 5, c: 4 })

    const explainer = await openExplainer(out)
    const input = arrays.get('input')?.data.slice(0, 64) as Float32Array
    for (let j = 0; j < 4; j++) {
      const { givenLogit, logit, byClass, completenessGap } = await explainer.explainInput(input, {
        output: j,
      })
      expect(givenLogit).toBeCloseTo(Number(arrays.get('logits')?.data[j]), 5)
      const sum = byClass.reduce((total, { value }) => total + value, 0)
      expect(Math.abs(sum - logit)).toBeLessThanOrEqual(completenessGap + 1e-12)
    }
    await explainer.close()
  },
)

test('inspect --expose gives the pooled features of a convolution, one row a picture', async () => {
  const directory = await temporaryDirectory()
  const expose = join(directory, 'exposed.onnx')
  const answer = await inspect({ model: fixture('conv-before-pooling.onnx'), expose })
  expect(answer.head).toMatchObject({ op: 'Conv', d: 5, c: 4, bias: true, pooled: true })
  expect(answer.verified?.agrees).toBe(true)
  const arrays = await readNpz(bytesOf(await readFile(fixture('conv-before-pooling.npz')), 'x.npz'))
  const session = await cpuRuntime().load(new Uint8Array(await readFile(expose)))
  const data = arrays.get('input')?.data as Float32Array
  const { features } = await session.run({ input: { type: 'float32', dims: [3, 1, 8, 8], data } }, [
    'features',
  ])
  await session.release()
  expect(features.dims).toEqual([3, 5])
  expect(Array.from(features.data as Float32Array)).toBeCloseToArray(arrays.get('features')?.data, 6)
})

test('weights beside the model are read, and kept with the explainer', async () => {
  const arrays = await readNpz(bytesOf(await readFile(fixture('gemm-external.npz')), 'x.npz'))
  const directory = await temporaryDirectory()
  const train = await saveArray(directory, 'train', arrays.get('input') as NdArray)
  const out = join(directory, 'explainer')
  await fit({ model: fixture('gemm-external.onnx'), train, out })
  const explainer = await openExplainer(out, { verify: true })
  const { givenLogit } = await explainer.explainInput(arrays.get('input')?.data.slice(0, 6) as Float32Array, {
    output: 1,
  })
  expect(givenLogit).toBeCloseTo(Number(arrays.get('logits')?.data[1]), 5)
  await explainer.close()
})

test('a fixed batch is filled up', async () => {
  const directory = await temporaryDirectory()
  const uniform = random(3)
  const data = Float32Array.from({ length: 7 * 6 }, uniform)
  const train = await saveArray(directory, 'train', { dtype: 'float32', shape: [7, 6], data })
  const answers = []
  for (const model of ['gemm', 'gemm-fixed-batch']) {
    const out = join(directory, model)
    await fit({ model: fixture(`${model}.onnx`), train, out })
    const explainer = await openExplainer(out)
    answers.push((await explainer.explainStored('train', 6, { output: 1 })).givenLogit)
  }
  expect(answers[1]).toBeCloseTo(answers[0] as number, 6)
})

test.each([
  ['no-linear', /no-linear\.onnx: no linear head found; .* \(Flatten|GlobalAveragePool\): the model ends in/],
  [
    'computed-weight',
    /computed-weight\.onnx: no linear head found; .*its weight is computed by .* \(Softplus\)/,
  ],
  [
    'conv-relu-pooling',
    /\/Relu \(Relu\): it stands between \/head\/Conv \(Conv\) and .* so the logits are not linear in pooled features/,
  ],
])('%s: fit refuses and says why', async (name, message) => {
  const { train, out } = await writePictures(5)
  await expect(fit({ model: fixture(`${name}.onnx`), train, out })).rejects.toThrow(message)
})

test('inspect finds the head, verifies it, and exposes the features', async () => {
  const directory = await temporaryDirectory()
  const expose = join(directory, 'exposed.onnx')
  const answer = await inspect({ model: fixture('gemm-softmax.onnx'), expose })
  expect(answer.head).toMatchObject({ op: 'Gemm', d: 5, c: 4, bias: true, activation: 'softmax' })
  expect(answer.verified?.agrees).toBe(true)
  expect(answer.exposed).toEqual({ file: expose, output: 'features', logits: 'head_logits' })

  const arrays = await readNpz(bytesOf(await readFile(fixture('gemm-softmax.npz')), 'x.npz'))
  const session = await cpuRuntime().load(new Uint8Array(await readFile(expose)))
  const inputs = {
    input: { type: 'float32' as const, dims: [3, 6], data: arrays.get('input')?.data as Float32Array },
  }
  const { features, output } = await session.run(inputs, ['features', 'output'])
  await session.release()
  expect(Array.from(features.data as Float32Array)).toBeCloseToArray(arrays.get('features')?.data, 6)
  expect(Array.from(output.data as Float32Array)).toBeCloseToArray(arrays.get('output')?.data, 6)
})

test('inspect --expose overwrites nothing', async () => {
  const directory = await temporaryDirectory()
  const model = join(directory, 'model.onnx')
  await copyFile(fixture('gemm.onnx'), model)
  await expect(inspect({ model, expose: model })).rejects.toThrow(
    `${model}: a file already, remove it first or choose another name`,
  )
  await expect(inspect({ model, expose: join(directory, 'x.npy') })).rejects.toThrow(
    'expected a name that ends in .onnx',
  )
})

test('inspect of a file that is no model', async () => {
  await expect(inspect({ model: fixture('gemm.npz') })).rejects.toThrow(
    /gemm\.npz: (no graph in this file|not a whole protocol buffer|no operator set named in this file), expected an ONNX model, check the path$/,
  )
})

expect.extend({
  toBeCloseToArray(received: number[], expected: ArrayLike<number>, digits: number) {
    const worst = Math.max(...received.map((value, i) => Math.abs(value - Number(expected[i]))))
    return {
      pass: received.length === expected.length && worst < 10 ** -digits,
      message: () => `largest difference ${worst} over ${received.length} of ${expected.length} numbers`,
    }
  },
})

declare module 'vitest' {
  interface Assertion {
    toBeCloseToArray(expected: ArrayLike<number | bigint> | undefined, digits: number): void
  }
}
