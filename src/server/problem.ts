import { UserError, type UserErrorCode } from '../user-error.ts'
import type { Problem } from './wire.ts'

/** The status of each thing that a user can mend. */
const STATUS: { readonly [C in UserErrorCode]: ProblemStatus } = {
  usage: 400,
  'not-found': 404,
  exists: 409,
  format: 422,
  shape: 422,
  value: 422,
  model: 422,
  io: 500,
}

const TITLES = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  411: 'Length Required',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
} as const

export type ProblemStatus = keyof typeof TITLES

/** An error as it travels between threads. */
export interface Failure {
  readonly code: UserErrorCode | 'internal'
  readonly message: string
  /** Of a bug */
  readonly stack?: string
}

export function failureOf(error: unknown): Failure {
  if (error instanceof UserError) return { code: error.code, message: error.message }
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  return { code: 'internal', message, ...(stack !== undefined && { stack }) }
}

/** The error that a failure was. */
export function errorOf({ code, message, stack }: Failure): Error {
  if (code !== 'internal') return new UserError(code, message)
  const error = new Error(message)
  if (stack !== undefined) error.stack = stack
  return error
}

/** Whom the server does not answer, and why, in one sentence. */
export class Refusal extends Error {
  override readonly name = 'Refusal'

  constructor(
    readonly status: ProblemStatus,
    readonly code: Problem['code'],
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message)
  }
}

/** application/problem+json (RFC 9457) with the sentence of the command line; of a bug nothing but that it is one. */
export function problemOf(error: unknown): {
  readonly status: ProblemStatus
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
} {
  const { status, code, message, headers } = refusalOf(error)
  const problem: Problem = { type: 'about:blank', title: TITLES[status], status, code, detail: message }
  return {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(problem),
  }
}

export function problemResponse(error: unknown): Response {
  const { status, headers, body } = problemOf(error)
  return new Response(body, { status, headers })
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  if (error instanceof UserError) return new Refusal(STATUS[error.code], error.code, error.message)
  return new Refusal(500, 'internal', 'this is a bug in representer, the terminal shows where')
}
