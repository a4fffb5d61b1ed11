// For the command line, whose help is not to wait for what makes the scores.
export { DEFAULT_SCORE, SCORE_NAMES, type ScoreName } from '../../method/scores/names.ts'
export type { ScoreStep } from '../../method/scores/source.ts'
