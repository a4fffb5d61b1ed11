import { z } from '@hono/zod-openapi'
import type { Problem } from '../wire.ts'

const code = z.enum([
  'usage',
  'not-found',
  'format',
  'shape',
  'value',
  'model',
  'exists',
  'io',
  'busy',
  'forbidden',
  'unauthorised',
  'internal',
])

const problem: z.ZodType<Problem> = z
  .object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.number().int(),
    code,
    detail: z.string().openapi({ description: 'One sentence, as the command line says it' }),
  })
  .openapi('Problem')

const PROBLEMS = {
  400: 'The request is not as expected',
  401: 'Neither a token nor a cookie of this server',
  403: 'Asked by another name or page than this server’s',
  404: 'What was named does not exist',
  409: 'Is there, or runs, already',
  422: 'Features, files or numbers that do not fit the explainer',
  503: 'As many questions as can be answered; Retry-After says when to ask again',
} as const

/** A JSON answer, and what can be wrong; everything may be refused to whoever is not known. */
export function responses<S extends z.ZodType>(
  schema: S,
  description: string,
  ...problems: readonly (keyof typeof PROBLEMS)[]
) {
  return { 200: { description, content: { 'application/json': { schema } } }, ...problemsOf(...problems) }
}

export function problemsOf(...problems: readonly (keyof typeof PROBLEMS)[]) {
  return Object.fromEntries(
    [401 as const, 403 as const, ...problems].map(status => [
      status,
      { description: PROBLEMS[status], content: { 'application/problem+json': { schema: problem } } },
    ]),
  )
}
