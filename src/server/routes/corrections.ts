import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Desk } from '../answers.ts'
import type { Decision, Review } from '../wire.ts'
import { reply } from './reply.ts'
import { responses } from './responses.ts'

const whole = z.number().int()
const action = z.enum(['keep', 'relabel', 'exclude', 'review'])

const decision: z.ZodType<Decision> = z
  .object({
    id: z.string(),
    row: whole,
    output: whole.nullable(),
    action,
    label: z.number(),
    newLabel: z.number().nullable(),
    note: z.string(),
    reviewer: z.string(),
    at: z.string(),
  })
  .openapi('Decision')

const review: z.ZodType<Review> = z
  .object({
    schemaVersion: z.literal(1),
    decisions: z.array(decision).openapi({ description: 'Those that count, by row' }),
    counts: z.object({ keep: whole, relabel: whole, exclude: whole, review: whole }),
    undo: decision.nullable(),
    redo: decision.nullable(),
  })
  .openapi('Review')

const newDecision = z
  .strictObject({
    row: whole.min(0),
    output: whole.min(0).nullable().exactOptional(),
    action,
    newLabel: z.number().exactOptional(),
    note: z.string().max(4000).exactOptional(),
    reviewer: z.string().max(4000).exactOptional(),
  })
  .openapi('NewDecision')

const reviewRoute = createRoute({
  method: 'get',
  path: '/corrections',
  summary: 'What people decided about labels',
  responses: responses(review, 'The decisions that count', 404),
})

const decideRoute = createRoute({
  method: 'post',
  path: '/corrections',
  summary: 'Decide about the label of a training example; it is on the disk when this is answered',
  request: { body: { required: true, content: { 'application/json': { schema: newDecision } } } },
  responses: responses(review, 'The review with it', 400, 404, 422),
})

const stepRoute = (step: 'undo' | 'redo', summary: string) =>
  createRoute({
    method: 'post',
    path: `/corrections/${step}`,
    summary,
    responses: responses(review, 'The review after that', 404),
  })

const undoRoute = stepRoute('undo', 'Take back the last decision that counts')
const redoRoute = stepRoute('redo', 'Bring again what was taken back last')

/** GET and POST corrections, POST corrections/undo and corrections/redo */
export function correctionRoutes(api: OpenAPIHono, desk: Desk): void {
  api.openapi(reviewRoute, async () => reply(await desk.ask('review')))
  api.openapi(decideRoute, async c => reply(await desk.ask('decide', c.req.valid('json'))))
  api.openapi(undoRoute, async () => reply(await desk.ask('undo')))
  api.openapi(redoRoute, async () => reply(await desk.ask('redo')))
}
