import { describe, expect, test } from 'vitest'
import { type Matrix, transpose } from '../../src/math/matrix.ts'
import { type HeadCheck, verifyHead, verifyModel } from '../../src/method/network/verify-head.ts'
import { findHeads } from '../../src/onnx/head.ts'
import { modelFixture, namesWithHead, readExternal, valuesOf } from '../onnx/fixtures.ts'
import { map, normalMatrix } from './problems.ts'

describe('a head that was found', () => {
  test.each(namesWithHead)('agrees with PyTorch’s features and logits: %s', async name => {
    const [head] = (await findHeads(modelFixture(name), readExternal)).heads
    const { head: values } = await valuesOf(name)
    if (!values) throw new Error(`${name}.npz has no head`)
    const check = verifyHead(head, values)
    expect(check.agrees).toBe(true)
    expect(check.largestDifference).toBeLessThan(1e-5)
    expect(check.largestLogit).toBe(Math.max(...values.logits.data.map(Math.abs)))
  })
})

const features = normalMatrix(3, 5, 1)
const weight = normalMatrix(5, 4, 2)
const bias = normalMatrix(1, 4, 3).data

/** The logits that this head gives, in single precision. */
function logitsOf(): Matrix<Float32Array> {
  const data = Float32Array.from({ length: 12 }, (_, at) => {
    const [i, j] = [Math.floor(at / 4), at % 4]
    return [0, 1, 2, 3, 4].reduce(
      (sum, a) => sum + features.data[i * 5 + a] * weight.data[a * 4 + j],
      bias[j],
    )
  })
  return { rows: 3, cols: 4, data }
}

describe('a head that is not the model’s', () => {
  const logits = logitsOf()

  test('is told from the one that is', () => {
    expect(verifyHead({ weight, bias }, { features, logits })).toMatchObject({ agrees: true })
    const wrong: [what: string, check: HeadCheck][] = [
      ['no bias', verifyHead({ weight, bias: null }, { features, logits })],
      ['another bias', verifyHead({ weight, bias: bias.map(b => b + 0.1) }, { features, logits })],
      [
        'a weight a little off',
        verifyHead({ weight: map(weight, w => 1.01 * w), bias }, { features, logits }),
      ],
      [
        'one entry off',
        verifyHead({ weight: { ...weight, data: weight.data.with(7, 9) }, bias }, { features, logits }),
      ],
      [
        'outputs in another order',
        verifyHead({ weight: { ...weight, data: weight.data.toReversed() }, bias }, { features, logits }),
      ],
      ['a transposed square', verifyHead(square(), { features: normalMatrix(3, 4, 5), logits })],
    ]
    for (const [what, { agrees }] of wrong) expect(agrees, what).toBe(false)
  })

  const square = () => ({ weight: transpose(normalMatrix(4, 4, 4)), bias: null })

  test('is told however small the logits are', () => {
    const small = map(logits, x => 1e-3 * x)
    expect(verifyHead({ weight, bias }, { features, logits: small }).agrees).toBe(false)
    const [w, b] = [map(weight, x => 1e-3 * x), bias.map(x => 1e-3 * x)]
    expect(verifyHead({ weight: w, bias: b }, { features, logits: small }).agrees).toBe(true)
  })

  test('does not pass for agreement where numbers are NaN, wherever they are', () => {
    for (let at = 0; at < 12; at++) {
      const unknown = { ...logits, data: logits.data.with(at, Number.NaN) }
      expect(verifyHead({ weight, bias }, { features, logits: unknown }).agrees, `logit ${at}`).toBe(false)
    }
    for (let at = 0; at < 15; at++) {
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const unknown = { ...features, data: features.data.with(at, value) }
        expect(verifyHead({ weight, bias }, { features: unknown, logits }).agrees, `feature ${at}`).toBe(
          false,
        )
      }
    }
    for (let j = 0; j < 4; j++) {
      expect(
        verifyHead({ weight, bias: bias.with(j, Number.NaN) }, { features, logits }).agrees,
        `bias ${j}`,
      ).toBe(false)
    }
  })
})

test('a head whose logits the model changes before it gives them does not pass for the model’s', () => {
  const head = {
    weight: { rows: 1, cols: 2, data: Float32Array.of(1, -1) },
    bias: null,
    activation: 'none' as const,
  }
  const outputs = {
    features: { rows: 1, cols: 1, data: Float32Array.of(2.5) },
    logits: { rows: 1, cols: 2, data: Float32Array.of(2.5, -2.5) },
  }
  const model = (...output: number[]) => ({
    ...outputs,
    output: { rows: 1, cols: 2, data: Float32Array.from(output) },
  })
  expect(verifyModel(head, model(2.5, -2.5)).agrees).toBe(true)
  expect(verifyModel(head, model(2, -2)).agrees).toBe(false)
  const p = 1 / (1 + Math.exp(-5))
  expect(verifyModel({ ...head, activation: 'softmax' }, model(p, 1 - p)).agrees).toBe(true)
  expect(verifyModel({ ...head, activation: 'softmax' }, model(2.5, -2.5)).agrees).toBe(false)
  const logs = model(Math.log(p), Math.log(1 - p))
  expect(verifyModel({ ...head, activation: 'log-softmax' }, logs).agrees).toBe(true)
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))
  expect(verifyModel({ ...head, activation: 'sigmoid' }, model(sigmoid(2.5), sigmoid(-2.5))).agrees).toBe(
    true,
  )
})
