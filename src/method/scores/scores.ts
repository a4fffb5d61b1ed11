import { random } from '../../math/random.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { UserError } from '../../user-error.ts'
import { confidentSuspicions, outOfFoldSuspicions } from './folds.ts'
import { alphaSuspicions, headSuspicions, selfRepresenterSuspicions } from './head-scores.ts'
import { leverageSuspicions } from './leverage-scores.ts'
import type { ScoreName } from './names.ts'
import { neighbourHeadSuspicions, neighbourSuspicions } from './neighbours.ts'
import type { ScoreSource } from './source.ts'
import type { Suspicions } from './suspicion.ts'
import { ScoreWork } from './work.ts'

type Score = (work: ScoreWork) => Promise<Suspicions>

/** Each score; its formula and source stand with what it calls. */
const SCORES: { readonly [K in ScoreName]: Score } = {
  'neighbour-head': neighbourHeadSuspicions,
  neighbours: neighbourSuspicions,
  'out-of-fold': outOfFoldSuspicions,
  'confident-learning': work =>
    confidentSuspicions(
      work,
      needed(
        'confident-learning',
        work.source.classes,
        'there is no softmax over the classes, which it needs',
      ),
    ),
  'leave-one-out': work => leverageSuspicions(work, 'leave-one-out'),
  'cooks-distance': work => leverageSuspicions(work, 'cooks-distance'),
  'self-influence': work => leverageSuspicions(work, 'self-influence'),
  'self-representer': ({ runtime, source }) => selfRepresenterSuspicions(runtime, source),
  alpha: ({ runtime, source }) => alphaSuspicions(runtime, source, source.classes),
  'alpha-teacher': ({ runtime, source }) =>
    alphaSuspicions(
      runtime,
      needed(
        'alpha-teacher',
        source.teacher,
        'there is no fit to the outputs of a given model, which it needs',
      ),
      source.classes,
    ),
  loss: ({ runtime, source }) => headSuspicions(runtime, source, source.classes, 'loss'),
  margin: ({ runtime, source }) => headSuspicions(runtime, source, source.classes, 'margin'),
  random: async ({ source: { problem, classes, seed = 0 } }) => {
    const uniform = random(seed)
    const outputs = classes ?? new Int32Array(problem.features.rows)
    return { suspicion: Float64Array.from(outputs, uniform), outputs, suggested: null }
  },
}

/** What a score says, and the seconds that it takes by itself, those for what it shares with other scores too. */
export interface Scored extends Suspicions {
  readonly seconds: number
}

/** Scores each training example by how much its label is to be doubted, by one score after another. */
export class MislabelScorer {
  readonly #work: ScoreWork

  constructor(runtime: Runtime, source: ScoreSource) {
    this.#work = new ScoreWork(runtime, source)
  }

  /** Errors: UserError `value` where the score needs what the source does not have, or the head is too large for it. */
  async score(name: ScoreName): Promise<Scored> {
    const [begin, spared] = [performance.now(), this.#work.spared]
    const { suspicion, outputs, suggested } = await SCORES[name](this.#work)
    const seconds = (performance.now() - begin) / 1000 + this.#work.spared - spared
    return { suspicion, outputs, suggested, seconds }
  }
}

/** One score of each training example; see `MislabelScorer`. */
export async function mislabelScores(
  runtime: Runtime,
  name: ScoreName,
  source: ScoreSource,
): Promise<Suspicions> {
  return new MislabelScorer(runtime, source).score(name)
}

function needed<T>(name: ScoreName, given: T | null | undefined, what: string): T {
  if (given != null) return given
  throw new UserError('value', `${name}: ${what}, choose another score`)
}
