import type { Context, MiddlewareHandler } from 'hono'
import { Refusal } from '../problem.ts'

const MEBIBYTE = 2 ** 20

/** Of a picture file */
const PICTURE_BYTES = 32 * MEBIBYTE

/** A number of JSON takes no more than so many characters. */
const NUMBER_BYTES = 32

/** What a body may be, looked at before any of it is read. */
export interface BodyLimits {
  readonly json: number
  readonly picture: number
}

/** @param d features of a question */
export const bodyLimits = (d: number): BodyLimits => ({
  json: Math.max(MEBIBYTE, NUMBER_BYTES * d),
  picture: PICTURE_BYTES,
})

/** Bodies say how long they are and what, and are no longer than is expected of what they are. */
export function bodies(limits: BodyLimits): MiddlewareHandler {
  return (c, next) => {
    expectBody(c, limits)
    return next()
  }
}

function expectBody(c: Context, { json, picture }: BodyLimits): void {
  const length = c.req.header('content-length')
  const hasBody = c.req.header('transfer-encoding') !== undefined || (length !== undefined && length !== '0')
  if (!hasBody) return
  const encoding = c.req.header('content-encoding')
  if (encoding !== undefined && encoding !== 'identity') {
    throw new Refusal(415, 'usage', 'body: compressed, expected it as it is, leave out content-encoding')
  }
  if (length === undefined || !/^\d+$/.test(length)) {
    throw new Refusal(411, 'usage', 'body: of no known length, expected a content-length')
  }
  const type = c.req.header('content-type')?.split(';')[0].trim().toLowerCase()
  const isJson = type === 'application/json'
  if (!isJson && type !== 'application/octet-stream' && !type?.startsWith('image/')) {
    throw new Refusal(
      415,
      'usage',
      'body: of another type, expected application/json, or a picture as image/png',
    )
  }
  const most = isJson ? json : picture
  if (Number(length) > most) {
    throw new Refusal(413, 'usage', `body: ${length} bytes, expected ${most} at most`)
  }
}
