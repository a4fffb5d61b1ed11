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
  if (issue.code === 'unrecognized_keys') {
    return `unknown ${issue.keys.length === 1 ? 'key' : 'keys'} ${issue.keys.join(', ')}, see /api/openapi.json`
  }
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
      return bound('at least', issue.minimum, issue.origin)
    case 'too_big':
      return bound('at most', issue.maximum, issue.origin)
    case 'invalid_union':
      return issue.errors.map(([first]) => (first ? expected(first) : 'something else')).join(' or ')
    default:
      return issue.message.toLowerCase()
  }
}

const KINDS: { readonly [kind: string]: string } = { int: 'an integer', array: 'a list', object: 'an object' }

const named = (kind: string): string => KINDS[kind] ?? `a ${kind}`

/** What is counted of things that have a length. */
const COUNTED: { readonly [origin: string]: string } = { array: ' values', string: ' characters' }

const bound = (which: string, limit: number | bigint, origin: string): string =>
  `${which} ${limit}${COUNTED[origin] ?? ''}`
