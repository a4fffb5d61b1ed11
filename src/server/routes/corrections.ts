import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { CORRECTION_FORMATS, type CorrectionsFormat } from '../../app/review/export-corrections.ts'
import { pandasLines } from '../../app/review/pandas-lines.ts'
import type { Desk, Ready } from '../answers.ts'
import type { Decision, Review } from '../wire.ts'
import { reply } from './reply.ts'
import { problemsOf, responses } from './responses.ts'
import { rows } from './rows.ts'

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

const exportRoute = createRoute({
  method: 'get',
  path: '/corrections/export',
  summary: 'The decisions as a file, or a selection of examples, decided about or not',
  request: {
    query: z.object({
      format: z.enum(CORRECTION_FORMATS).default('csv'),
      rows: rows.exactOptional(),
    }),
  },
  responses: {
    200: {
      description: 'A file that pandas opens, and representer relabel carries out',
      content: { 'text/csv': { schema: z.string() } },
    },
    ...problemsOf(400, 404),
  },
})

const selectionRoute = createRoute({
  method: 'post',
  path: '/corrections/export',
  summary: 'The same for a selection too long for an address',
  request: {
    query: z.object({ format: z.enum(CORRECTION_FORMATS).default('csv') }),
    body: {
      required: true,
      content: { 'application/json': { schema: z.strictObject({ rows: z.array(whole.min(0)) }) } },
    },
  },
  responses: exportRoute.responses,
})

const pandasRoute = createRoute({
  method: 'get',
  path: '/corrections/pandas',
  summary: 'The lines of Python that carry an exported file out',
  request: { query: z.object({ format: z.enum(CORRECTION_FORMATS).default('csv') }) },
  responses: {
    200: { description: 'Python', content: { 'text/plain': { schema: z.string() } } },
    ...problemsOf(400),
  },
})

const TYPES: { readonly [F in CorrectionsFormat]: string } = {
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/x-ndjson',
  parquet: 'application/vnd.apache.parquet',
}

const fileName = (format: CorrectionsFormat): string => `corrections.${format}`

/** To be saved, never shown: what is in it may come from anywhere. */
const file = (content: Ready, format: CorrectionsFormat): Response =>
  new Response(content, {
    headers: {
      'content-type': TYPES[format],
      'content-disposition': `attachment; filename="${fileName(format)}"`,
      'cache-control': 'no-store',
    },
  })

/** GET and POST corrections, GET and POST corrections/export, GET corrections/pandas, POST corrections/undo and corrections/redo */
export function correctionRoutes(api: OpenAPIHono, desk: Desk, hasOutputs: boolean): void {
  api.openapi(reviewRoute, async () => reply(await desk.ask('review')))
  api.openapi(decideRoute, async c => reply(await desk.ask('decide', c.req.valid('json'))))
  api.openapi(undoRoute, async () => reply(await desk.ask('undo')))
  api.openapi(redoRoute, async () => reply(await desk.ask('redo')))
  api.openapi(exportRoute, async c => {
    const choices = c.req.valid('query')
    return file(await desk.ask('corrections', choices), choices.format)
  })
  api.openapi(selectionRoute, async c => {
    const { format } = c.req.valid('query')
    return file(await desk.ask('corrections', { format, rows: c.req.valid('json').rows }), format)
  })
  api.openapi(pandasRoute, c => {
    const { format } = c.req.valid('query')
    return c.text(pandasLines(format, fileName(format), hasOutputs))
  })
}
