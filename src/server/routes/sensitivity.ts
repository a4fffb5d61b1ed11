import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Desk, Ready } from '../answers.ts'
import type { MapsAnswer, MapsQuestion } from '../wire.ts'
import { explained, pictureRequest, split } from './parameters.ts'
import { reply } from './reply.ts'
import { responses } from './responses.ts'

/** Of each kind: each has a run of its own through the network. */
const MOST_PARTS = 50

/** Noisy inputs: each is a run of its own too. */
const MOST_SAMPLES = 100

const method = z.enum(['gradient', 'smoothgrad'])

const question: z.ZodType<MapsQuestion> = z
  .strictObject({
    example: z.strictObject({ split, row: z.number().int().min(0) }),
    ...explained,
    k: z.number().int().min(0).max(MOST_PARTS).exactOptional(),
    method: method.exactOptional(),
    timesInput: z.boolean().exactOptional(),
    samples: z.number().int().min(1).max(MOST_SAMPLES).exactOptional(),
    noise: z.number().min(0).max(10).exactOptional(),
    seed: z.number().int().min(0).exactOptional(),
  })
  .openapi('MapsQuestion')

const picture = z
  .object({
    src: z.string().openapi({ description: 'A data URI of a PNG' }),
    width: z.number().int(),
    height: z.number().int(),
  })
  .openapi('MapPicture')

const share = z.number().nullable()

const answer: z.ZodType<MapsAnswer> = z
  .object({
    schemaVersion: z.literal(1),
    output: z.number().int(),
    contrast: z.number().int().nullable(),
    scale: z.number(),
    whole: z.object({ picture, norm: z.number() }),
    given: z.object({ picture, cosine: z.number().nullable() }).nullable(),
    parts: z.array(z.object({ row: z.number().int(), share, picture })),
    rest: z.object({ share, picture }),
    difference: z.number(),
  })
  .openapi('MapsAnswer')

const DESCRIPTION = 'The map over the picture, and its parts by training example, in colours on one scale'

const sensitivityRoute = createRoute({
  method: 'post',
  path: '/sensitivity',
  summary: 'Draw by how much a logit changes with each pixel of a stored example, and whence that comes',
  request: { body: { required: true, content: { 'application/json': { schema: question } } } },
  responses: responses(answer, DESCRIPTION, 400, 404, 422, 503),
})

const pictureRoute = createRoute({
  method: 'post',
  path: '/sensitivity/picture',
  summary: 'The same of a picture',
  request: pictureRequest({
    k: z.coerce.number().int().min(0).max(MOST_PARTS).exactOptional(),
    method: method.exactOptional(),
    timesInput: z.enum(['true', 'false']).exactOptional(),
  }),
  responses: responses(answer, DESCRIPTION, 400, 404, 422, 503),
})

/** POST sensitivity, POST sensitivity/picture */
export function sensitivityRoutes(api: OpenAPIHono, desk: Desk): void {
  let last = 0
  /** Maps take seconds, and wait for each other: those of whoever left are not drawn. */
  async function answered(left: AbortSignal, ask: (ticket: number) => Promise<Ready>): Promise<never> {
    const ticket = ++last
    const abandon = () => void desk.ask('abandonMaps', ticket).catch(() => undefined)
    left.addEventListener('abort', abandon, { once: true })
    try {
      return reply(await ask(ticket))
    } finally {
      left.removeEventListener('abort', abandon)
    }
  }
  api.openapi(sensitivityRoute, c =>
    answered(c.req.raw.signal, ticket => desk.ask('sensitivity', c.req.valid('json'), ticket)),
  )
  api.openapi(pictureRoute, async c => {
    const { name, timesInput, ...others } = c.req.valid('query')
    const choices = { ...others, ...(timesInput !== undefined && { timesInput: timesInput === 'true' }) }
    const content = new Uint8Array(await c.req.arrayBuffer())
    return answered(c.req.raw.signal, ticket =>
      desk.ask('sensitivityPicture', content, name, choices, ticket),
    )
  })
}
