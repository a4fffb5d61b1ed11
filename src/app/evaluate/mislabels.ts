import { fitHead } from '../../method/fit/fit.ts'
import { labelTargets } from '../../method/head/targets.ts'
import { averagePrecision, foundShares, rocAuc } from '../../method/metrics/detection.ts'
import { MislabelScorer } from '../../method/scores/scores.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { EvaluationView, ScoredDetection } from '../../views/evaluation-view.ts'
import { LABELS_FIT, readHead } from '../explainer/files.node.ts'
import type { EvaluateOptions, EvaluateStep, Sizes } from './options.ts'
import type { Setting } from './setting.ts'
import type { Sought } from './sought.ts'

/** Shares of the training examples that are inspected, by which curves are drawn. */
const INSPECTED_SHARES = [0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1]

/**
 * Fits the head to labels of which some were changed, under the λ of the explainer, and says how well each score finds
 * these. Features and the fit to the given model's outputs are as they were. Null where nothing is looked for.
 */
export async function findPlanted(
  runtime: Runtime,
  { reader, problem, solution }: Setting,
  { noisy, scores: names }: Sought,
  { noise, pattern, seed }: Sizes,
  { signal, onProgress = () => undefined }: EvaluateOptions,
): Promise<EvaluationView['mislabels']> {
  if (noisy === null) return null
  const { c, gap, targets } = reader.manifest
  onProgress({ phase: 'noise', done: 0, total: 1 })
  const ofLabels = { ...problem, targets: labelTargets(noisy.labels, c) }
  const { theta: start } = await readHead(reader, LABELS_FIT)
  const { theta, status } = await fitHead(runtime, ofLabels, { gap, start, signal })
  let sought: Pick<EvaluateStep, 'phase' | 'done' | 'total' | 'score'> | undefined
  const scorer = new MislabelScorer(runtime, {
    problem: ofLabels,
    theta,
    kernel: solution.kernel,
    classes: problem.activation === 'softmax' ? noisy.labels : null,
    ...(targets === 'teacher' && { teacher: { problem, theta: solution.theta } }),
    seed,
    onProgress: step => sought && onProgress({ ...sought, step }),
    signal,
  })
  const scores: Record<string, ScoredDetection> = {}
  for (const [done, name] of names.entries()) {
    signal?.throwIfAborted()
    sought = { phase: 'scores', done, total: names.length, score: name }
    onProgress(sought)
    const { suspicion, seconds } = await scorer.score(name)
    scores[name] = {
      rocAuc: rocAuc(suspicion, noisy.isWrong),
      averagePrecision: averagePrecision(suspicion, noisy.isWrong),
      found: foundShares(suspicion, noisy.isWrong, INSPECTED_SHARES),
      seconds,
    }
  }
  const planted = noisy.isWrong.reduce((sum, x) => sum + x, 0)
  return { noise, pattern, planted, status, inspectedShares: INSPECTED_SHARES, scores }
}
