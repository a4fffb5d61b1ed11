import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { type SSEStreamingApi, streamSSE } from 'hono/streaming'
import type { JobEvent } from '../events.ts'
import type { Jobs } from '../jobs.ts'
import type { Job, RelabelAnswer } from '../wire.ts'
import { suspect } from './labels.ts'
import { reply } from './reply.ts'
import { problemsOf, responses } from './responses.ts'

/** Milliseconds after which a silent stream says that it is there. */
const PING_EVERY = 15_000

/** A line that clients pass over. */
const PING = ': ping\n\n'

const whole = z.number().int()
const share = z.number().nullable()
const ofSplits = z.object({ train: share, test: share })
const kind = z.enum(['relabel', 'map'])

const standing = z
  .object({
    n: whole,
    accuracy: ofSplits,
    f1: ofSplits,
    r2: ofSplits,
    disputed: whole,
    suspects: z.array(suspect),
  })
  .openapi('Standing')

const relabelled: z.ZodType<RelabelAnswer> = z
  .object({
    schemaVersion: z.literal(1),
    explainer: z.string(),
    out: z.string(),
    relabelled: whole,
    excluded: whole,
    kept: whole,
    review: whole,
    before: standing,
    after: standing,
    warnings: z.array(z.string()),
  })
  .openapi('RelabelAnswer')

const code = z.enum(['usage', 'not-found', 'format', 'shape', 'value', 'model', 'exists', 'io', 'internal'])

const job: z.ZodType<Job> = z
  .object({
    id: z.string(),
    kind,
    status: z.enum(['running', 'done', 'failed', 'cancelled']),
    progress: z.object({ phase: z.string(), done: z.number(), total: z.number().nullable() }),
    result: relabelled.nullable(),
    error: z.object({ code, message: z.string() }).nullable(),
    startedAt: z.string(),
  })
  .openapi('Job')

const newJob = z.strictObject({ kind }).openapi('NewJob')
const params = z.object({ id: z.string().max(100) })

const startRoute = createRoute({
  method: 'post',
  path: '/jobs',
  summary: 'Start work that takes long: refit with the corrections, or make the map',
  request: { body: { required: true, content: { 'application/json': { schema: newJob } } } },
  responses: {
    202: { description: 'It runs', content: { 'application/json': { schema: job } } },
    ...problemsOf(400, 409),
  },
})

const listRoute = createRoute({
  method: 'get',
  path: '/jobs',
  summary: 'Jobs of this server, the first started first',
  responses: responses(z.array(job), 'Running and ended'),
})

const jobRoute = createRoute({
  method: 'get',
  path: '/jobs/{id}',
  summary: 'How a job does',
  request: { params },
  responses: responses(job, 'The job', 404),
})

const cancelRoute = createRoute({
  method: 'delete',
  path: '/jobs/{id}',
  summary: 'Cancel a job; it leaves nothing half-written',
  request: { params },
  responses: responses(job, 'The job as it was; an event tells when it has ended', 404),
})

const eventsRoute = createRoute({
  method: 'get',
  path: '/events',
  summary: 'What happens to jobs, as server-sent events of the name job',
  request: {
    headers: z.object({
      'last-event-id': z.string().exactOptional().openapi({ description: 'What was seen last' }),
    }),
  },
  responses: {
    200: {
      description: 'First how every job is, or what was missed; then each change',
      content: { 'text/event-stream': { schema: z.string() } },
    },
    ...problemsOf(),
  },
})

/** POST and GET jobs, GET and DELETE jobs/:id, GET events */
export function jobRoutes(api: OpenAPIHono, jobs: Jobs, farewell: AbortSignal): void {
  api.openapi(startRoute, c => reply(JSON.stringify(jobs.start(c.req.valid('json'))), 202))
  api.openapi(listRoute, () => reply(JSON.stringify(jobs.list())))
  api.openapi(jobRoute, c => reply(JSON.stringify(jobs.get(c.req.valid('param').id))))
  api.openapi(cancelRoute, c => reply(JSON.stringify(jobs.cancel(c.req.valid('param').id))))
  api.openapi(eventsRoute, c => {
    const response = streamSSE(c, stream => tell(stream, jobs, c.req.header('last-event-id'), farewell))
    response.headers.set('cache-control', 'no-cache, no-transform')
    return response
  })
}

/** Tells of jobs until whoever listens leaves, or the server ends. */
async function tell(
  stream: SSEStreamingApi,
  jobs: Jobs,
  lastSeen: string | undefined,
  farewell: AbortSignal,
): Promise<void> {
  const { events } = jobs
  let turn = Promise.resolve()
  const write = ({ id, job }: JobEvent): void => {
    const message = { event: 'job', id: String(id), data: JSON.stringify(job) }
    turn = turn.then(() => stream.writeSSE(message))
  }
  const missed = lastSeen === undefined ? null : events.since(Number(lastSeen))
  for (const event of missed ?? jobs.list().map(job => ({ id: events.last, job }))) write(event)
  const stop = events.listen(write)
  const ping = setInterval(() => void stream.write(PING), PING_EVERY)
  await stream.write(PING)
  await new Promise<void>(resolve => {
    const end = () => {
      farewell.removeEventListener('abort', end)
      resolve()
    }
    stream.onAbort(end)
    farewell.addEventListener('abort', end)
    if (farewell.aborted || stream.aborted) end()
  })
  clearInterval(ping)
  stop()
}
