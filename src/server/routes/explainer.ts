import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Desk } from '../answers.ts'
import type { ExampleColumns, ExampleMap, ExplainerInfo, Overview } from '../wire.ts'
import { split } from './parameters.ts'
import { reply } from './reply.ts'
import { responses } from './responses.ts'

const whole = z.number().int()
const share = z.number().nullable()
const names = z.array(z.string()).nullable()
const perSplit = z.object({ train: z.boolean(), test: z.boolean() })

const fidelity = z
  .object({ pearson: share, meanAbsoluteDifference: z.number(), argmaxAgreement: share })
  .nullable()

const certificate = z
  .object({
    status: z.enum(['converged', 'precision-limited', 'max-iterations', 'line-search-failed']),
    iterations: whole,
    gradientNorm: z.number(),
    completenessGap: z.number(),
    deviation: z.number().nullable(),
    convergence: z.array(z.tuple([whole, z.number()])).exactOptional(),
  })
  .openapi('Certificate')

const info = z
  .object({
    schemaVersion: z.literal(1),
    directory: z.string(),
    name: z.string(),
    fingerprint: z.string(),
    madeBy: z.string(),
    n: whole,
    d: whole,
    c: whole,
    dtype: z.enum(['float32', 'float16']),
    tests: whole,
    lambda: z.number(),
    lambdaPath: z
      .object({ wanted: z.number(), points: z.array(z.object({ lambda: z.number(), pearson: share })) })
      .nullable(),
    classCount: whole,
    task: z.enum(['classification', 'multi-label', 'regression', 'units']),
    bias: z.enum(['regularised', 'free', 'none']),
    kernel: z.enum(['plain', 'centred']),
    targets: z.enum(['teacher', 'labels', 'soft']),
    activation: z.string(),
    gap: z.number(),
    groups: z.enum(['label', 'predicted']),
    fit: certificate,
    labelsFit: certificate.nullable(),
    fidelity: z.object({ train: fidelity, test: fidelity }),
    accuracy: z.object({ train: share, test: share, fittedTrain: share, fittedTest: share }),
    seconds: z.object({ features: z.number(), fit: z.number(), alpha: z.number(), index: z.number() }),
    device: z.enum(['cpu', 'webgpu', 'cuda']),
    classes: names,
    outputs: names,
    source: z.string().nullable(),
    layer: z.string().nullable(),
    pictures: perSplit.extend({ asked: z.boolean() }),
    maps: z.boolean(),
    labelled: perSplit,
    warnings: z.array(z.string()),
    correctedFrom: z.string().nullable(),
  })
  .openapi('ExplainerInfo') satisfies z.ZodType<ExplainerInfo>

const overview: z.ZodType<Overview> = z
  .object({
    schemaVersion: z.literal(1),
    fidelity: z
      .object({
        sampled: whole,
        of: whole,
        points: z.array(
          z.object({ split, row: whole, output: whole, given: z.number(), fitted: z.number() }),
        ),
      })
      .nullable(),
    convergence: z.array(z.object({ evaluations: whole, gap: z.number() })),
    alpha: z.object({ edges: z.array(z.number()), counts: z.array(whole), zero: whole }),
  })
  .openapi('Overview')

const columns: z.ZodType<ExampleColumns> = z
  .object({
    schemaVersion: z.literal(1),
    split,
    of: whole,
    rows: z.array(whole),
    ids: z.array(z.string()),
    labels: z.array(whole).nullable(),
    predicted: z.array(whole),
    fitted: z.array(whole),
    suspicion: z.array(z.number()).nullable(),
  })
  .openapi('ExampleColumns')

const points = z.object({ rows: z.array(whole), x: z.array(z.number()), y: z.array(z.number()) })

const map = z
  .object({ schemaVersion: z.literal(1), method: z.literal('umap'), of: whole, train: points, test: points })
  .openapi('ExampleMap') satisfies z.ZodType<ExampleMap>

const infoRoute = createRoute({
  method: 'get',
  path: '/explainer',
  summary: 'What was fitted, how exact it is, and what can be done with it',
  responses: responses(info, 'The explainer'),
})

const overviewRoute = createRoute({
  method: 'get',
  path: '/overview',
  summary: 'Fidelity, convergence, and how |α| is distributed',
  responses: responses(overview, 'What to look at first'),
})

const columnsRoute = createRoute({
  method: 'get',
  path: '/columns/{split}',
  summary: 'What examples are selected and filtered by, a value an example',
  request: { params: z.object({ split }) },
  responses: responses(
    columns,
    'A split, or a sample of a large one in which each class keeps its share',
    400,
    404,
  ),
})

const mapRoute = createRoute({
  method: 'get',
  path: '/map',
  summary: 'Where examples stand in two dimensions',
  responses: responses(z.union([map, z.null()]), 'The map that a job of kind map made; null until then'),
})

/** GET explainer, overview, columns/:split and map */
export function explainerRoutes(api: OpenAPIHono, desk: Desk): void {
  api.openapi(infoRoute, async () => reply(await desk.ask('explainer')))
  api.openapi(overviewRoute, async () => reply(await desk.ask('overview')))
  api.openapi(columnsRoute, async c => reply(await desk.ask('columns', c.req.valid('param').split)))
  api.openapi(mapRoute, async () => reply(await desk.ask('map')))
}
