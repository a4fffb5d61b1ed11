import { random } from '../../math/random.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { UserError } from '../../user-error.ts'
import { confidentDoubts, outOfFoldDoubts } from './folds.ts'
import { alphaDoubts, headDoubts, selfRepresenterDoubts } from './head-scores.ts'
import type { Doubts } from './label-doubt.ts'
import { leverageDoubts } from './leverage-scores.ts'
import type { ScoreName } from './names.ts'
import { neighbourDoubts, neighbourHeadDoubts } from './neighbours.ts'
import type { ScoreSource } from './source.ts'

type Score = (runtime: Runtime, source: ScoreSource) => Promise<Doubts>

/** Each score; its formula and source stand with what it calls. */
const SCORES: { readonly [K in ScoreName]: Score } = {
  'neighbour-head': neighbourHeadDoubts,
  neighbours: neighbourDoubts,
  'out-of-fold': outOfFoldDoubts,
  'confident-learning': (runtime, source) =>
    confidentDoubts(
      runtime,
      source,
      needed('confident-learning', source.classes, 'labels are not one class an example, which it needs'),
    ),
  'leave-one-out': (runtime, source) => leverageDoubts(runtime, 'leave-one-out', source),
  'cooks-distance': (runtime, source) => leverageDoubts(runtime, 'cooks-distance', source),
  'self-influence': (runtime, source) => leverageDoubts(runtime, 'self-influence', source),
  'self-representer': selfRepresenterDoubts,
  alpha: (runtime, source) => alphaDoubts(runtime, source, source.classes),
  'alpha-teacher': (runtime, source) =>
    alphaDoubts(
      runtime,
      needed(
        'alpha-teacher',
        source.teacher,
        'there is no fit to the outputs of a given model, which it needs',
      ),
      source.classes,
    ),
  loss: (runtime, source) => headDoubts(runtime, source, source.classes, 'loss'),
  margin: (runtime, source) => headDoubts(runtime, source, source.classes, 'margin'),
  random: async (_, { problem: { features }, classes, seed = 0 }) => {
    const uniform = random(seed)
    const outputs = classes ?? new Int32Array(features.rows)
    return { doubts: Float64Array.from(outputs, uniform), outputs, suggested: null }
  },
}

/**
 * Scores each training example by how much its label is to be doubted. Errors: UserError `value` where the score
 * needs what the source does not have, or the head is too large for it.
 */
export async function mislabelScores(
  runtime: Runtime,
  name: ScoreName,
  source: ScoreSource,
): Promise<Doubts> {
  return SCORES[name](runtime, source)
}

function needed<T>(name: ScoreName, given: T | null | undefined, what: string): T {
  if (given != null) return given
  throw new UserError('value', `${name}: ${what}, choose another score`)
}
