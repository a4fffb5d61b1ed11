import type { z } from '@hono/zod-openapi'
import { UserError } from '../user-error.ts'

type Issue = z.core.$ZodIssue

/** What the validators of Hono call the parts of a request. */
const PARTS: { readonly [target: string]: string } = { json: 'body', param: 'address', query: 'query' }

/** What is wrong with a request first, in one sentence: UserError `usage`. */
export function invalid(target: string, issue: Issue): UserError {
  const where = [PARTS[target] ?? target, ...issue.path.map(String)].join('.')
  return new UserError('usage', `${where}: ${sentence(issue)}`)
}

function sentence(issue: Issue): string {
  if (issue.code === 'unrecognized_keys') return `unknown ${keysOf(issue)}, see /api/openapi.json`
  if (issue.code === 'custom') return issue.message
  return `expected ${expected(issue)}`
}

/** What would have been right. */
function expected(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return named(issue.expected)
    case 'invalid_value':
      return issue.values.map(String).join(' or ')
    case 'too_small':
      return bound(issue, issue.minimum, ['at least', 'more than'])
    case 'too_big':
      return bound(issue, issue.maximum, ['at most', 'less than'])
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`
    case 'invalid_format':
      return issue.pattern === undefined ? `text that is ${issue.format}` : `text that is ${issue.pattern}`
    case 'invalid_union':
      return alternatives(issue.errors)
    case 'invalid_key':
      return `keys that are ${alternatives([issue.issues])}`
    case 'invalid_element':
      return `values that are ${alternatives([issue.issues])}`
    case 'unrecognized_keys':
      return `no ${keysOf(issue)}`
    case 'custom':
      return issue.message.replace(/^expected /, '')
  }
}

/** Each of which would have done, by what is wrong with it first, and where. */
function alternatives(errors: readonly (readonly Issue[])[]): string {
  const each = errors.map(([first]) => {
    if (!first) return 'something else'
    return first.path.length === 0
      ? expected(first)
      : `${first.path.map(String).join('.')} as ${expected(first)}`
  })
  return [...new Set(each)].join(' or ') || 'one form alone'
}

const keysOf = ({ keys }: { readonly keys: readonly string[] }): string =>
  `${keys.length === 1 ? 'key' : 'keys'} ${keys.join(', ')}`

const KINDS: { readonly [kind: string]: string } = {
  int: 'an integer',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
  undefined: 'nothing',
  never: 'nothing',
}

const named = (kind: string): string => KINDS[kind] ?? `a ${kind}`

/** What is counted of things that have a length. */
const COUNTED: { readonly [origin: string]: string } = { array: ' values', string: ' characters' }

function bound(
  { origin, exact, inclusive }: Extract<Issue, { code: 'too_small' | 'too_big' }>,
  limit: number | bigint,
  [within, beyond]: readonly [string, string],
): string {
  const which = exact ? 'exactly' : inclusive === false ? beyond : within
  return `${which} ${limit}${COUNTED[origin] ?? ''}`
}
