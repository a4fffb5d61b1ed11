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
export function problemResponse(error: unknown): Response {
  const { status, code, detail, headers } = problemOf(error)
  const problem: Problem = { type: 'about:blank', title: TITLES[status], status, code, detail }
  return new Response(JSON.stringify(problem), {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
  })
}

function problemOf(error: unknown): {
  readonly status: ProblemStatus
  readonly code: Problem['code']
  readonly detail: string
  readonly headers?: Readonly<Record<string, string>>
} {
  if (error instanceof UserError)
    return { status: STATUS[error.code], code: error.code, detail: error.message }
  if (error instanceof Refusal) {
    return { status: error.status, code: error.code, detail: error.message, headers: error.headers }
  }
  return { status: 500, code: 'internal', detail: 'this is a bug in representer, the terminal shows where' }
}
