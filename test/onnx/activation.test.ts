import { expect, test } from 'vitest'
import { activationParts, parseActivation } from '../../src/onnx/activation.ts'

test.each([
  ['softmax', 'softmax'],
  ['relu', 'relu'],
  ['leaky-relu', 'leaky-relu:0.01'],
  ['leaky-relu:0.2', 'leaky-relu:0.2'],
  ['elu', 'elu:1'],
  ['hard-sigmoid', 'hard-sigmoid:0.2,0.5'],
  ['clip', 'clip:0,6'],
  ['clip: -1, 1e0', 'clip:-1,1'],
  ['clip:-Infinity,2', 'clip:-Infinity,2'],
])('%s is read as %s, which is read as itself', (text, activation) => {
  expect(parseActivation(text)).toBe(activation)
  expect(parseActivation(activation)).toBe(activation)
})

test.each([
  'gelu',
  '',
  'toString',
  'relu:1',
  'clip:1',
  'clip:6,0',
  'clip:0,6,7',
  'clip:a,b',
  'clip:,6',
  'leaky-relu:-0.1',
  'elu:-1',
  'hard-sigmoid:0,1',
  'softmax:',
])('%s is none: unknown, of other numbers, or decreasing somewhere', text => {
  expect(parseActivation(text)).toBeNull()
})

test('its numbers come back', () => {
  expect(activationParts('clip:-0.5,6')).toEqual({ name: 'clip', numbers: [-0.5, 6] })
  expect(activationParts('tanh')).toEqual({ name: 'tanh', numbers: [] })
})
