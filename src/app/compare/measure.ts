import {
  type Collector,
  collect,
  endsCollector,
  rowsCollector,
  setsCollector,
} from '../../method/attribution/answers.ts'
import type { Attribution } from '../../method/attribution/attribution.ts'
import { type MethodName, openAttribution } from '../../method/attribution/methods.ts'
import { lds, looPearson } from '../../method/metrics/agreement.ts'
import { sameClassRate, topKCardinality } from '../../method/metrics/top-lists.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { ComparedMethod } from '../../views/comparison-view.ts'
import { PeakMemory } from '../machine/peak-memory.node.ts'
import { knownOrNull } from '../measured/known.ts'
import { TOP_K } from '../measured/top-k.ts'
import type { Curves } from './curves.ts'
import type { Setting } from './setting.ts'
import type { Refitter, Truth } from './truth.ts'

/** What one method says, held against the truth; null where it is not known. */
export interface Measured extends Omit<ComparedMethod, keyof Curves> {
  /** The rows with the largest values for each of the first test points, the largest first */
  readonly orders: readonly Int32Array[]
}

/** Those that take the Hessian as it is factored for the refits. */
const OF_HESSIAN: readonly MethodName[] = ['influence', 'influence-corrected', 'influence-loss']

/** @param order how many rows of how many test points are kept in order */
export async function measure(
  runtime: Runtime,
  method: MethodName,
  setting: Setting,
  refitter: Refitter,
  truth: Truth,
  order: { readonly points: number; readonly rows: number; readonly seed: number },
  signal: AbortSignal | undefined,
): Promise<Measured> {
  const { points, groups } = setting
  const memory = new PeakMemory()
  const clock = new Clock()
  try {
    const source = {
      ...setting,
      ...(refitter.hessian && { hessian: refitter.hessian }),
      seed: order.seed,
      signal,
    }
    const attribution = await clock.time(() => openAttribution(runtime, method, source))
    const values = rowsCollector(points.length, truth.left)
    const sums = setsCollector(points.length, truth.halves)
    const tops = endsCollector(points.length, TOP_K)
    const orders = firstPoints(order.points, endsCollector(order.points, order.rows))
    try {
      await collect(clocked(attribution, clock, memory), points, [values, sums, tops, orders], { signal })
    } finally {
      await attribution.release()
    }
    const lists = tops.answer().map(({ highest }) => highest.map(({ row }) => row))
    const shared = refitter.hessian && OF_HESSIAN.includes(method) ? refitter.hessianSeconds : 0
    const own = points.map(({ output }) => output)
    return {
      looPearson: knownOrNull(looPearson(values.answer(), truth.effects)),
      lds: knownOrNull(lds(sums.answer(), truth.outputs)),
      topKCardinality: knownOrNull(topKCardinality(lists)),
      sameClassRate: groups && knownOrNull(sameClassRate(lists, groups, own)),
      seconds: clock.seconds + shared,
      peakMemory: memory.stop(),
      orders: orders.answer().map(({ highest }) => Int32Array.from(highest, ({ row }) => row)),
    }
  } finally {
    memory.stop()
  }
}

/** A collector that sees the first points alone. */
const firstPoints = <Answer>(count: number, collector: Collector<Answer>): Collector<Answer> => ({
  take(row, point, value) {
    if (point < count) collector.take(row, point, value)
  },
  answer: () => collector.answer(),
})

/** Seconds of what it is given to time, and of nothing between. */
class Clock {
  seconds = 0

  async time<T>(work: () => Promise<T>): Promise<T> {
    const begin = performance.now()
    const answer = await work()
    this.seconds += (performance.now() - begin) / 1000
    return answer
  }
}

/** The same values, with the time that they take apart from what is made of them. */
const clocked = (attribution: Attribution, clock: Clock, memory: PeakMemory): Attribution => ({
  async *values(points) {
    const blocks = attribution.values(points)[Symbol.asyncIterator]()
    try {
      for (;;) {
        const { done, value } = await clock.time(() => blocks.next())
        if (done) return
        memory.look()
        yield value
      }
    } finally {
      await blocks.return?.()
    }
  },
  release: () => attribution.release(),
})
