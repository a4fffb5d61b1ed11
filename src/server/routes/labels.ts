import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { SCORE_NAMES } from '../../app/suspects/score-names.ts'
import type { Desk } from '../answers.ts'
import type { Mistakes, MistakesCell, SuspectsPage } from '../wire.ts'
import { index, limit, offset, split } from './parameters.ts'
import { reply } from './reply.ts'
import { responses } from './responses.ts'

const whole = z.number().int()

export const suspect = z
  .object({
    rank: whole,
    row: whole,
    id: z.string(),
    output: whole.nullable(),
    label: z.number(),
    suggested: z.number(),
    predicted: z.number(),
    suspicion: z.number().openapi({ description: 'By the score that the page names; high = worse' }),
  })
  .openapi('Suspect')

const suspects: z.ZodType<SuspectsPage> = z
  .object({
    schemaVersion: z.literal(1),
    n: whole,
    offset: whole,
    score: z.enum(SCORE_NAMES).openapi({ description: 'What suspicion is by' }),
    suspects: z.array(suspect),
  })
  .openapi('SuspectsPage')

const cell = z.object({ label: whole, predicted: whole, count: whole })

const mistakes: z.ZodType<Mistakes> = z
  .object({
    schemaVersion: z.literal(1),
    explainer: z.string(),
    classes: z.array(z.string()).nullable(),
    split,
    n: whole,
    accuracy: z.number(),
    matrix: z.array(z.array(whole)).openapi({ description: 'matrix[label][predicted], counts' }),
    cells: z.array(cell),
  })
  .openapi('Mistakes')

const frequent = z.array(
  z.object({
    row: whole,
    id: z.string(),
    label: whole.nullable(),
    predicted: whole,
    times: whole,
    share: z.number(),
  }),
)

const mistakesCell: z.ZodType<MistakesCell> = cell
  .extend({
    schemaVersion: z.literal(1),
    split,
    examples: z.array(z.object({ row: whole, id: z.string() })),
    inhibitory: frequent,
    excitatory: frequent,
    training: z
      .object({ mistakes: whole, same: whole, share: z.number().nullable(), rank: whole.nullable() })
      .nullable(),
  })
  .openapi('MistakesCell')

const suspectsRoute = createRoute({
  method: 'get',
  path: '/suspects',
  summary: 'Training examples whose labels are to be doubted, the worst first',
  request: { query: z.object({ offset, limit }) },
  responses: responses(suspects, 'A page of suspects', 400, 404),
})

const mistakesRoute = createRoute({
  method: 'get',
  path: '/mistakes',
  summary: 'What is taken for what',
  request: { query: z.object({ split: split.exactOptional() }) },
  responses: responses(mistakes, 'The confusion matrix, and its cells beside the diagonal', 400, 404, 422),
})

const cellRoute = createRoute({
  method: 'get',
  path: '/mistakes/{label}/{predicted}',
  summary: 'The training examples that stand behind one kind of mistake',
  request: {
    params: z.object({ label: index, predicted: index }),
    query: z.object({
      split: split.exactOptional(),
      k: z.coerce.number().int().min(0).max(100).exactOptional(),
    }),
  },
  responses: responses(mistakesCell, 'Its examples, and what most often stands in their top', 400, 404, 422),
})

/** GET suspects, mistakes and mistakes/:label/:predicted */
export function labelRoutes(api: OpenAPIHono, desk: Desk): void {
  api.openapi(suspectsRoute, async c => {
    const { offset, limit } = c.req.valid('query')
    return reply(await desk.ask('suspects', offset, limit))
  })
  api.openapi(mistakesRoute, async c => reply(await desk.ask('mistakes', c.req.valid('query').split)))
  api.openapi(cellRoute, async c => {
    const { label, predicted } = c.req.valid('param')
    const { split, k } = c.req.valid('query')
    return reply(await desk.ask('mistakesCell', split, [label, predicted], k))
  })
}
