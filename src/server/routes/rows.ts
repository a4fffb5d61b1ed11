import { z } from '@hono/zod-openapi'

/** Rows that one address may name: runs make it easy to name more than there are. */
const MOST = 1_000_000

const RUN = /^(\d{1,9})(?:-(\d{1,9}))?$/

/** Rows of training examples in an address: `3,14,20-25`. */
export const rows = z
  .string()
  .transform((text, context): number[] => {
    const named: number[] = []
    for (const part of text.split(',')) {
      const [, first, last = first] = RUN.exec(part) ?? []
      if (first === undefined || named.length + Number(last) - Number(first) >= MOST) {
        context.addIssue({ code: 'custom', message: `${part}: expected rows as 3,14,20-25, ${MOST} at most` })
        return z.NEVER
      }
      for (let row = Number(first); row <= Number(last); row++) named.push(row)
    }
    return named
  })
  .openapi({ type: 'string', description: 'Training examples, 3,14,20-25; all decisions unless given' })
