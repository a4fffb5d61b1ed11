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

/** An output by its name or index */
const outputName = z.union([z.number().int(), z.string().max(1000)])

/** What is explained, of a stored example or of features. */
export const explained = {
  output: outputName
    .exactOptional()
    .openapi({ description: 'predicted, label, or an output by name or index' }),
  contrast: z.tuple([outputName, outputName]).exactOptional(),
}

/** A request about a picture of whoever asks: the file is the body, and all else is in the query. */
export function pictureRequest<Query extends z.ZodRawShape>(query: Query) {
  return {
    query: z.object({
      name: z.string().max(1000).default('picture').openapi({ description: 'What messages call it' }),
      output: z.string().max(1000).exactOptional(),
      contrast: z
        .tuple([z.string().max(1000), z.string().max(1000)])
        .exactOptional()
        .openapi({ description: 'Two outputs: contrast=A&contrast=B' }),
      ...query,
    }),
    body: {
      required: true,
      content: { 'image/*': { schema: z.string().openapi({ format: 'binary' }) } },
    },
  } as const
}
