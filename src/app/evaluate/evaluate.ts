import { certify } from '../../method/fit/certificate.ts'
import { fitLadder, lambdaLadder } from '../../method/fit/lambda-ladder.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { ExplainerReader } from '../../store/read.node.ts'
import { evaluationPage } from '../../views/evaluation-page.ts'
import type { EvaluationView, PathPoint } from '../../views/evaluation-view.ts'
import { openRuntime } from '../machine/runtime.ts'
import { type SolvedProblem, solvedProblem } from '../measured/solved-problem.ts'
import { TOP_K } from '../measured/top-k.ts'
import { type WrittenPage, writeCharts } from '../show/html.ts'
import { expectHtmlName } from '../show/output-files.ts'
import { findPlanted } from './mislabels.ts'
import { type EvaluateOptions, type Sizes, sizesOf } from './options.ts'
import { pathPoint } from './path.ts'
import { askedPoints, MOST_RANKED, neighbours, type Ranking, rank } from './rankings.ts'
import { openSetting, type Setting } from './setting.ts'
import { soughtScores, withoutGiven } from './sought.ts'

export interface EvaluateAnswer extends EvaluationView {
  readonly schemaVersion: 1
  /** What the explained fit solved */
  readonly problem: SolvedProblem
  readonly seed: number
  readonly seconds: {
    readonly certificate: number
    /** Fits, fidelity and rankings */
    readonly path: number
    /** The fit to changed labels, and scores */
    readonly mislabels: number
  }
  /** The page that was written; null where none was asked for */
  readonly page: WrittenPage | null
}

/**
 * Says how good an explainer is: how exact what is stored of it is, how close it comes to the given model and how
 * stable what it shows is as λ changes, and how well it finds labels that were changed on purpose. Errors: UserError
 * on numbers that are none, and on noise that was asked for and cannot be planted.
 */
export async function evaluate(options: EvaluateOptions): Promise<EvaluateAnswer> {
  const { directory, html, onPlan, onProgress = () => undefined, signal } = options
  const sizes = sizesOf(options)
  if (html !== undefined) expectHtmlName(html)
  const reader = await ExplainerReader.open(directory)
  const { n, tests, lambda, gap, fit } = reader.manifest
  const ladder = lambdaLadder(lambda, sizes.steps)
  const planned = { tests: Math.min(sizes.tests, tests || n), ofTraining: tests === 0 }
  const setting = await openSetting(reader, signal)
  const sought = await soughtScores(setting, sizes, options)
  onPlan?.({ lambdas: ladder, ...planned, noise: sizes.noise, scores: sought.scores })
  const runtime = openRuntime()
  const clock = new Clock()
  onProgress({ phase: 'certificate', done: 0, total: 1 })
  const certificate = await certify(
    runtime,
    setting.problem,
    setting.solution,
    setting.test?.features ?? null,
  )
  const certified = clock.lap()
  const along = await followPath(runtime, setting, ladder, sizes, options)
  const followed = clock.lap()
  const mislabels = await findPlanted(runtime, setting, sought, sizes, options)
  const answer = {
    schemaVersion: 1 as const,
    explainer: directory,
    problem: solvedProblem(reader.manifest),
    certificate: {
      ...certificate,
      gap,
      status: fit.status,
      convergence: (fit.convergence ?? []).map(([evaluations, gap]) => ({ evaluations, gap })),
      holds:
        Math.max(certificate.train, certificate.stationary) <= gap && certificate.residual <= ROUNDING * gap,
    },
    path: along.path,
    stability: {
      ...planned,
      topK: TOP_K,
      ranked: Math.min(MOST_RANKED, n),
      neighbours: along.rankings.slice(1).map((ranking, k) => neighbours(along.rankings[k], ranking)),
    },
    mislabels,
    leftOut: [...withoutGiven(setting), ...sought.leftOut],
    seed: sizes.seed,
    seconds: { certificate: certified, path: followed, mislabels: mislabels ? clock.lap() : 0 },
  }
  return { ...answer, page: await writeCharts(html, () => evaluationPage(answer)) }
}

/** Of the gap that was asked for, what a residual that is made anew may differ by. */
const ROUNDING = 0.01

/** Fits the head at each λ, and looks at what it says and shows. */
async function followPath(
  runtime: Runtime,
  setting: Setting,
  ladder: readonly number[],
  { tests, seed }: Sizes,
  { onProgress = () => undefined, signal }: EvaluateOptions,
): Promise<{ path: PathPoint[]; rankings: Ranking[] }> {
  const total = ladder.length
  let fitted = 0
  const middle = { theta: setting.solution.theta, status: setting.reader.manifest.fit.status }
  const fits = await fitLadder(runtime, setting.problem, middle, ladder, {
    gap: setting.reader.manifest.gap,
    onFit: lambda => onProgress({ phase: 'path', done: fitted++, total: total - 1, lambda }),
    signal,
  })
  const points = await askedPoints(setting, tests, seed)
  const [path, rankings]: [PathPoint[], Ranking[]] = [[], []]
  for (const [done, fit] of fits.entries()) {
    signal?.throwIfAborted()
    onProgress({ phase: 'rankings', done, total, lambda: fit.lambda })
    path.push(await pathPoint(runtime, setting, fit))
    rankings.push(await rank(runtime, setting, fit, points, seed))
  }
  return { path, rankings }
}

/** Seconds from one lap to the next. */
class Clock {
  #begin = performance.now()

  lap(): number {
    const begin = this.#begin
    this.#begin = performance.now()
    return (this.#begin - begin) / 1000
  }
}
