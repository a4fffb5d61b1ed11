import { z } from '@hono/zod-openapi'
import { expect, test } from 'vitest'
import { invalid } from '../../src/server/invalid.ts'

const name = z.union([z.number().int(), z.string().max(3)])

test.each<[string, z.ZodType, unknown, string]>([
  ['a type', z.object({ k: z.number() }), { k: 'x' }, 'body.k: expected a number'],
  ['a part of a number', z.object({ k: z.number().int() }), { k: 0.5 }, 'body.k: expected an integer'],
  ['a list', z.object({ k: z.tuple([name, name]) }), { k: 1 }, 'body.k: expected a list'],
  ['a record', z.record(z.string(), z.number()), 3, 'body: expected an object'],
  ['nothing', z.object({ k: z.null() }), { k: 1 }, 'body.k: expected null'],
  ['a value', z.enum(['a', 'b']), 'c', 'body: expected a or b'],
  ['a value that is too small', z.number().min(2), 1, 'body: expected at least 2'],
  ['a value at its bound', z.number().gt(2), 2, 'body: expected more than 2'],
  ['a value that is too large', z.number().lt(2), 2, 'body: expected less than 2'],
  ['a length', z.string().max(2), 'abc', 'body: expected at most 2 characters'],
  ['an exact length', z.array(z.number()).length(2), [1], 'body: expected exactly 2 values'],
  ['a step', z.number().multipleOf(5), 7, 'body: expected a multiple of 5'],
  ['a pattern', z.string().regex(/^a/), 'b', 'body: expected text that is /^a/'],
  ['keys', z.strictObject({}), { a: 1, b: 2 }, 'body: unknown keys a, b, see /api/openapi.json'],
  [
    'a key of a record',
    z.record(z.string().max(1), z.number()),
    { bc: 1 },
    'body.bc: expected keys that are at most 1 characters',
  ],
  [
    'a form',
    z.union([z.strictObject({ a: z.number() }), z.string().max(1)]),
    { a: 'x' },
    'body: expected a as a number or a string',
  ],
  [
    'a sentence of its own',
    z.string().refine(() => false, 'expected two rows'),
    'x',
    'body: expected two rows',
  ],
  ['an element', z.map(z.string(), z.number()), new Map([['a', 'x']]), 'body.a: expected a number'],
  [
    'an element of a key that is no text',
    z.map(z.object(), z.number()),
    new Map([[{}, 'x']]),
    'body: expected values that are a number',
  ],
  ['a key', z.map(z.string(), z.number()), new Map([[1, 1]]), 'body.1: expected a string'],
])('%s that is wrong is told of in one sentence', (_, schema, value, sentence) => {
  const { error } = schema.safeParse(value)
  if (!error) throw new Error('nothing is wrong')
  const [issue] = error.issues
  expect(invalid('json', issue).message).toContain(sentence)
})
