/** Mislabel scores, the default first. */
export const SCORE_NAMES = [
  'neighbour-head',
  'neighbours',
  'out-of-fold',
  'confident-learning',
  'leave-one-out',
  'cooks-distance',
  'self-influence',
  'self-representer',
  'alpha',
  'alpha-teacher',
  'loss',
  'margin',
  'random',
] as const

export type ScoreName = (typeof SCORE_NAMES)[number]

/** The one that finds most where it is not known how labels are wrong: docs/suspects.md has the table. */
export const DEFAULT_SCORE: ScoreName = SCORE_NAMES[0]
