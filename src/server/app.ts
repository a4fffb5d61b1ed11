import { OpenAPIHono } from '@hono/zod-openapi'
import { HTTPException } from 'hono/http-exception'
import { UserError } from '../user-error.ts'
import { VERSION } from '../version.ts'
import { Admission } from './admission.ts'
import type { Desk } from './answers.ts'
import { bodies, bodyLimits } from './guard/bodies.ts'
import { type GuardOptions, guard } from './guard/guard.ts'
import { everyAnswer, securityHeaders } from './guard/headers.ts'
import { invalid } from './invalid.ts'
import type { Jobs } from './jobs.ts'
import { problemResponse, Refusal } from './problem.ts'
import { correctionRoutes } from './routes/corrections.ts'
import { exampleRoutes } from './routes/examples.ts'
import { explainRoutes } from './routes/explain.ts'
import { explainerRoutes } from './routes/explainer.ts'
import { jobRoutes } from './routes/jobs.ts'
import { labelRoutes } from './routes/labels.ts'
import { sensitivityRoutes } from './routes/sensitivity.ts'
import { type WebFiles, webRoutes } from './web-files.ts'
import type { ExplainerInfo } from './wire.ts'

/** Requests of all kinds that are answered at once. */
const REQUESTS = 512

/** Of maps, which are drawn one after another: they take none of the room that explanations have. */
const MAPS = 8

/** Explanations that are made at once, of pictures and of what comes through the line before. */
const EXPLANATIONS = 32

export interface ServerParts extends GuardOptions {
  readonly desk: Desk
  readonly jobs: Jobs
  /** Aborted when the server ends, which ends the streams of events */
  readonly farewell: AbortSignal
  readonly explainer: Pick<ExplainerInfo, 'd' | 'fingerprint' | 'task'>
  /** The web application as it was built; null where it was not */
  readonly web: WebFiles | null
  /** Told of bugs, which whoever asked is told nothing of */
  readonly onBug: (error: unknown) => void
}

/** The server without a socket: from a request to its response. */
export function createApp(parts: ServerParts): OpenAPIHono {
  const { desk, jobs, farewell, explainer, web, onBug, ...guarded } = parts
  const app = new OpenAPIHono()
  app.onError(error => failed(error, onBug))
  app.notFound(c => problemResponse(nothingThere(app, c.req.method, c.req.path)))
  app.use(everyAnswer(securityHeaders(guarded.embed)))
  app.use(guard(guarded))
  app.use('/api/v1/sensitivity/*', new Admission(MAPS).middleware)
  app.use('/api/v1/explain/*', new Admission(EXPLANATIONS).middleware)
  app.use(new Admission(REQUESTS).middleware)
  app.use(bodies(bodyLimits(explainer.d)))

  const api = new OpenAPIHono({
    defaultHook(result) {
      const issue = result.success ? undefined : result.error.issues[0]
      if (issue) throw invalid(result.target, issue)
    },
  })
  explainerRoutes(api, desk)
  explainRoutes(api, desk)
  sensitivityRoutes(api, desk)
  exampleRoutes(api, desk, explainer.fingerprint)
  labelRoutes(api, desk)
  correctionRoutes(api, desk, HAS_OUTPUTS.includes(explainer.task))
  jobRoutes(api, jobs, farewell)
  app.route('/api/v1', api)
  app.doc31('/api/openapi.json', DOCUMENT)
  webRoutes(app, web)
  return app
}

/** Tasks in which each output has a label of its own. */
const HAS_OUTPUTS: readonly ExplainerInfo['task'][] = ['multi-label', 'regression']

const DOCUMENT = {
  openapi: '3.1.0',
  info: {
    title: 'representer',
    version: VERSION,
    description: 'What `representer serve` answers about one explainer. Classes and outputs are indices.',
  },
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Nothing is asked for by that address, or not by that method. */
function nothingThere({ router }: OpenAPIHono, method: string, path: string): UserError | Refusal {
  const isThere = (other: string): boolean =>
    router
      .match(other, path)[0]
      .some(([[, route]]) => route.method !== 'ALL' && route.path.startsWith('/api/'))
  const allowed = METHODS.filter(isThere)
  if (allowed.length === 0)
    return new UserError('not-found', `${path}: no such address, see /api/openapi.json`)
  const sentence = `${method} ${path}: no such method of this address, expected ${allowed.join(' or ')}`
  return new Refusal(405, 'usage', sentence, { allow: allowed.join(', ') })
}

function failed(error: unknown, onBug: (error: unknown) => void): Response {
  if (error instanceof HTTPException) {
    return problemResponse(
      new UserError('usage', 'body: no JSON, expected an object as /api/openapi.json has it'),
    )
  }
  if (!(error instanceof UserError || error instanceof Refusal)) onBug(error)
  return problemResponse(error)
}
