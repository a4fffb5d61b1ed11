import type { ScoreStep } from '../app/suspects/score-names.ts'
import { count } from '../views/numbers.ts'

const PHASES: Readonly<Record<ScoreStep['phase'], string>> = {
  neighbours: 'looking for neighbours',
  votes: 'fitting a head to what they are labelled',
  folds: 'fitting heads to all folds but one',
  hessian: 'factoring the Hessian of the head',
  leverages: 'leaving each example out',
}

/** What is being done for a score, and how far it is. */
export function scoreStepWords({ phase, done, total }: ScoreStep): [string, string] {
  return [PHASES[phase], total > 1 ? `${count(done)} of ${count(total)}` : '']
}
