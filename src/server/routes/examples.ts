import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { fingerprint } from '../../app/browse/fingerprint.node.ts'
import type { Desk } from '../answers.ts'
import type { ExamplesPage } from '../wire.ts'
import { index, limit, offset, split } from './parameters.ts'
import { reply } from './reply.ts'
import { problemsOf, responses } from './responses.ts'

const whole = z.number().int()

const page: z.ZodType<ExamplesPage> = z
  .object({
    schemaVersion: z.literal(1),
    split,
    total: whole,
    offset: whole,
    examples: z.array(
      z.object({ row: whole, id: z.string(), label: whole.nullable(), predicted: whole, fitted: whole }),
    ),
  })
  .openapi('ExamplesPage')

const examplesRoute = createRoute({
  method: 'get',
  path: '/examples',
  summary: 'Examples of a split by row, page by page',
  request: {
    query: z.object({
      split: split.default('train'),
      offset,
      limit,
      label: index.exactOptional().openapi({ description: 'Only those of this label, by index' }),
      predicted: index
        .exactOptional()
        .openapi({ description: 'Only those that are predicted this, by index' }),
      mistaken: z
        .stringbool()
        .exactOptional()
        .openapi({ type: 'boolean', description: 'Only those whose label is not what is predicted' }),
    }),
  },
  responses: responses(page, 'A page of examples', 400, 404),
})

const pictureRoute = createRoute({
  method: 'get',
  path: '/pictures/{split}/{row}',
  summary: 'A small PNG of an example',
  request: {
    params: z.object({ split, row: index }),
    query: z.object({
      v: z.string().max(100).exactOptional().openapi({
        description: 'The explainer’s fingerprint: then the picture can be kept for good',
      }),
    }),
  },
  responses: {
    200: { description: 'No edge is longer than 128 pixels', content: { 'image/png': { schema: z.any() } } },
    304: { description: 'The one that is known already' },
    ...problemsOf(400, 404),
  },
})

/** GET examples, GET pictures/:split/:row */
export function exampleRoutes(api: OpenAPIHono, desk: Desk, version: string): void {
  api.openapi(examplesRoute, async c => reply(await desk.ask('examples', c.req.valid('query'))))
  api.openapi(pictureRoute, async c => {
    const { split, row } = c.req.valid('param')
    const png = await desk.ask('picture', split, row)
    const etag = `"${fingerprint(png)}"`
    const headers = {
      etag,
      'cache-control':
        c.req.valid('query').v === version ? 'private, max-age=31536000, immutable' : 'private, no-cache',
    }
    if (c.req.header('if-none-match') === etag) return new Response(null, { status: 304, headers })
    return new Response(png, { headers: { 'content-type': 'image/png', ...headers } })
  })
}
