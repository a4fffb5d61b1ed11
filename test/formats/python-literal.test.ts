import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type PythonLiteral, parsePythonLiteral } from '../../src/formats/python-literal.ts'

test('the header of an .npy file', () => {
  expect(parsePythonLiteral("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }  \n")).toEqual(
    new Map<string, PythonLiteral>([
      ['descr', '<f4'],
      ['fortran_order', false],
      ['shape', [3, 4]],
    ]),
  )
})

test('a tuple of one has a comma, a number in parentheses is a number', () => {
  expect(parsePythonLiteral('(3,)')).toEqual([3])
  expect(parsePythonLiteral('(3)')).toBe(3)
  expect(parsePythonLiteral('[3]')).toEqual([3])
  expect(parsePythonLiteral('()')).toEqual([])
})

test.each([
  ['', 'expected a value at character 0'],
  ['(1, 2', 'expected , at character 5'],
  ['(,)', 'expected a value at character 1'],
  ['{1: 2}', 'expected a key at character 1'],
  ["{'a' 1}", 'expected : at character 5'],
  ["{'a': 1, 'a': 2}", 'a twice'],
  ["'a", 'expected a value at character 0'],
  ['1 2', 'unexpected 2 at character 2'],
  ['Trueish', 'unexpected i at character 4'],
  ['__import__("os")', 'expected a value at character 0'],
  ['('.repeat(100_000), 'too deeply nested'],
])('%s is refused', (text, message) => {
  expect(() => parsePythonLiteral(text)).toThrow(new SyntaxError(message))
})

test('what Python would print is parsed', () => {
  const { literal } = fc.letrec<{ literal: PythonLiteral }>(tie => ({
    literal: fc.oneof(
      { maxDepth: 5 },
      fc.integer(),
      fc.boolean(),
      fc.stringMatching(/^[<>|a-z0-9]*$/),
      fc.array(tie('literal'), { maxLength: 3 }),
      fc
        .uniqueArray(fc.tuple(fc.stringMatching(/^[a-z_]+$/), tie('literal')), {
          selector: ([key]) => key,
          maxLength: 3,
        })
        .map(entries => new Map(entries)),
    ),
  }))
  fc.assert(
    fc.property(literal, value => {
      expect(parsePythonLiteral(print(value))).toEqual(value)
    }),
  )
})

function print(value: PythonLiteral): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'string') return `'${value}'`
  if (Array.isArray(value)) return `(${value.map(item => `${print(item)},`).join(' ')})`
  if (value instanceof Map)
    return `{${[...value].map(([key, item]) => `'${key}': ${print(item)}, `).join('')}}`
  return `${value}`
}
