import { METHOD_NAMES, type MethodName } from '../../method/attribution/methods.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { ExplainerReader } from '../../store/read.node.ts'
import { type ComparedMethod, type ComparisonView, comparisonPage } from '../../views/comparison-view.ts'
import { openRuntime } from '../machine/runtime.ts'
import { type SolvedProblem, solvedProblem } from '../measured/solved-problem.ts'
import { TOP_K } from '../measured/top-k.ts'
import { type WrittenPage, writeCharts } from '../show/html.ts'
import { expectHtmlName } from '../show/output-files.ts'
import { availableMethods } from './available.ts'
import { CURVE_POINTS, curveCounts, makeCurves } from './curves.ts'
import { type Measured, measure } from './measure.ts'
import { type CompareOptions, namedMethods, type Sizes, sizesOf } from './options.ts'
import { openSetting, readStored, type Setting } from './setting.ts'
import { makeTruth, Refitter } from './truth.ts'

export interface CompareAnswer extends ComparisonView {
  readonly schemaVersion: 1
  /** What the refits solve: the problem of the explained fit */
  readonly problem: SolvedProblem
  readonly truth: ComparisonView['truth'] & {
    readonly seed: number
    readonly seconds: { readonly loo: number; readonly subsets: number; readonly curves: number }
  }
  readonly methods: { readonly [K in MethodName]?: ComparedMethod }
  /** The page that was written; null where none was asked for */
  readonly page: WrittenPage | null
}

/**
 * Holds methods of attribution against exact refits of the head. Errors: UserError on names and numbers that are
 * none, and on methods asked for by name that the explainer lacks something for.
 */
export async function compare(options: CompareOptions): Promise<CompareAnswer> {
  const { directory, html, onPlan, onProgress = () => undefined, signal } = options
  const [sizes, named] = [sizesOf(options), namedMethods(options)]
  if (html !== undefined) expectHtmlName(html)
  const reader = await ExplainerReader.open(directory)
  const runtime = openRuntime()
  const stored = await readStored(reader, sizes.tests, sizes.seed)
  const setting = await openSetting(runtime, stored, {
    onFit: () => onProgress({ phase: 'held-out', done: 0, total: 1 }),
    signal,
  })
  const { methods, leftOut } = availableMethods(setting, named)
  const { points, problem, heldOut } = setting
  const n = problem.features.rows
  const curvePoints = Math.min(CURVE_POINTS, points.length)
  const planned = {
    tests: points.length,
    heldOut,
    loo: Math.min(sizes.loo, n),
    subsets: sizes.subsets,
    curvePoints,
  }
  const curveRefits = 2 * methods.length * curvePoints * curveCounts(n).length
  onPlan?.({ methods, ...planned, curveRefits })
  const refitter = await Refitter.open(runtime, setting, { gap: reader.manifest.gap, signal, onProgress })
  try {
    const found = await compareAll(runtime, methods, setting, refitter, sizes, options)
    const answer = {
      schemaVersion: 1 as const,
      explainer: directory,
      problem: { ...solvedProblem(reader.manifest), n },
      truth: {
        ...planned,
        curveShares: curveCounts(n).map(count => count / n),
        topK: TOP_K,
        seed: sizes.seed,
        seconds: found.seconds,
        ...refitter.tally,
      },
      methods: found.methods,
      leftOut,
    }
    return { ...answer, page: await writeCharts(html, () => comparisonPage(answer)) }
  } finally {
    await refitter.release()
  }
}

async function compareAll(
  runtime: Runtime,
  methods: readonly MethodName[],
  setting: Setting,
  refitter: Refitter,
  sizes: Sizes,
  { signal, onProgress }: CompareOptions,
): Promise<Pick<CompareAnswer, 'methods'> & Pick<CompareAnswer['truth'], 'seconds'>> {
  const truth = await makeTruth(refitter, setting, sizes)
  const counts = curveCounts(setting.problem.features.rows)
  const order = {
    points: Math.min(CURVE_POINTS, setting.points.length),
    rows: counts[counts.length - 1],
    seed: sizes.seed,
  }
  const measured = new Map<MethodName, Measured>()
  for (const [done, method] of methods.entries()) {
    signal?.throwIfAborted()
    onProgress?.({ phase: 'values', done, total: methods.length, method })
    measured.set(method, await measure(runtime, method, setting, refitter, truth, order, signal))
  }
  const begin = performance.now()
  const orders = new Map(methods.map(method => [method, measured.get(method)?.orders ?? []]))
  const curves = await makeCurves(refitter, setting, orders)
  const compared: { [K in MethodName]?: ComparedMethod } = {}
  for (const method of METHOD_NAMES) {
    const [values, ofRefits] = [measured.get(method), curves.get(method)]
    if (!values || !ofRefits) continue
    const { orders: _, ...known } = values
    compared[method] = { ...known, ...ofRefits }
  }
  return { methods: compared, seconds: { ...truth.seconds, curves: (performance.now() - begin) / 1000 } }
}
