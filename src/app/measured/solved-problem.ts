import type { Manifest } from '../../store/manifest.ts'

/** What the explained fit of an explainer solved. */
export type SolvedProblem = Pick<Manifest, 'n' | 'd' | 'c' | 'targets' | 'activation' | 'lambda' | 'bias'>

export function solvedProblem({ n, d, c, targets, activation, lambda, bias }: Manifest): SolvedProblem {
  return { n, d, c, targets, activation, lambda, bias }
}
