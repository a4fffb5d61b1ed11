import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Desk } from '../answers.ts'
import type { Answer } from '../wire.ts'
import { explained, index, pictureRequest, split } from './parameters.ts'
import { reply } from './reply.ts'
import { responses } from './responses.ts'

/** Of each kind */
const MOST_EXAMPLES = 1000

const k = z.coerce.number().int().min(0).max(MOST_EXAMPLES)

const question = z
  .strictObject({
    example: z.strictObject({ split, row: z.number().int().min(0) }).exactOptional(),
    features: z.array(z.number()).exactOptional().openapi({ description: 'The features of the layer [d]' }),
    logits: z
      .array(z.number())
      .exactOptional()
      .openapi({ description: 'The given model’s logits [c], where whoever asks ran it' }),
    ...explained,
    k: z.number().int().min(0).max(MOST_EXAMPLES).exactOptional(),
    within: z.number().int().min(0).exactOptional(),
  })
  .openapi('Question')

const entry = z.object({
  row: z.number().int(),
  id: z.string(),
  label: z.number().int().nullable(),
  labelValue: z.number().nullable(),
  predicted: z.number().int(),
  value: z.number(),
  alpha: z.number(),
  similarity: z.number(),
})

const explanation = z
  .object({
    input: z.string(),
    output: z.number().int(),
    contrast: z.number().int().nullable(),
    label: z.number().int().nullable(),
    labelValue: z.number().nullable(),
    predicted: z.number().int(),
    givenLogit: z.number().nullable(),
    logit: z.number(),
    bias: z.number(),
    fittedPrediction: z.number().int(),
    covered: z.number().nullable(),
    byClass: z.array(z.object({ class: z.number().int(), name: z.string(), value: z.number() })),
    completenessGap: z.number(),
    read: z.number().int(),
    excitatory: z.array(entry),
    inhibitory: z.array(entry),
  })
  .openapi('Explanation')

const answer: z.ZodType<Answer> = z
  .object({
    schemaVersion: z.literal(1),
    explanation,
    logits: z.array(z.number()),
    probabilities: z.array(z.number()).nullable(),
    microseconds: z.number(),
  })
  .openapi('Answer')

const explainRoute = createRoute({
  method: 'post',
  path: '/explain',
  summary: 'Explain a prediction, of features or of a stored example',
  request: { body: { required: true, content: { 'application/json': { schema: question } } } },
  responses: responses(
    answer,
    'The training examples that speak most for and against it',
    400,
    404,
    422,
    503,
  ),
})

const pictureRoute = createRoute({
  method: 'post',
  path: '/explain/picture',
  summary: 'Run the network on a picture, and explain what it said',
  request: pictureRequest({
    k: k.exactOptional(),
    within: index.exactOptional(),
  }),
  responses: responses(
    answer,
    'The training examples that speak most for and against it',
    400,
    404,
    422,
    503,
  ),
})

/** POST explain, POST explain/picture */
export function explainRoutes(api: OpenAPIHono, desk: Desk): void {
  api.openapi(explainRoute, async c => reply(await desk.ask('explain', c.req.valid('json'))))
  api.openapi(pictureRoute, async c => {
    const { name, ...choices } = c.req.valid('query')
    const content = new Uint8Array(await c.req.arrayBuffer())
    return reply(await desk.ask('explainPicture', content, name, choices))
  })
}
