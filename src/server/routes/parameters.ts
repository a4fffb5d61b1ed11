import { z } from '@hono/zod-openapi'

/* What addresses and queries are made of, and what is said of it in the document. */

export const split = z.enum(['train', 'test'])

/** A whole number from 0 in text */
export const index = z.coerce
  .number()
  .int()
  .min(0)
  .max(2 ** 31 - 1)

/** Examples on one page at most. */
const PAGE = 1000

export const offset = index.default(0)
export const limit = z.coerce.number().int().min(0).max(PAGE).default(100)
