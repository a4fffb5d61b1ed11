import type { Matrix } from '../../math/matrix.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { Problem } from '../head/problem.ts'
import type { ExplainedFit } from './explained-fit.ts'
import { DEFAULT_GAP, fitHead } from './fit.ts'

const STEP = Math.sqrt(10)
/** Of every λ but the one in the middle: more would look as if they mattered. */
const DIGITS = 2

/** λ times powers of √10, so many to each side of it, the largest first. */
export function lambdaLadder(lambda: number, steps: number): number[] {
  return Array.from({ length: 2 * steps + 1 }, (_, k) =>
    k === steps ? lambda : Number((lambda * STEP ** (steps - k)).toPrecision(DIGITS)),
  )
}

/** The optimum of one problem at one λ. */
export interface LadderFit extends Pick<ExplainedFit, 'theta' | 'status'> {
  readonly lambda: number
  readonly seconds: number
}

export interface LadderOptions {
  /** Completeness gap of each fit, in logits */
  readonly gap?: number
  /** Told before each fit */
  readonly onFit?: (lambda: number) => void
  readonly signal?: AbortSignal | undefined
}

/**
 * The head fitted at each λ of a ladder: from the optimum in the middle outwards, each fit starting where its
 * neighbour ended. In the order of the ladder.
 *
 * @param middle the optimum of the problem, whose λ is in the middle of the ladder
 */
export async function fitLadder(
  runtime: Runtime,
  problem: Problem,
  middle: Pick<ExplainedFit, 'theta' | 'status'>,
  ladder: readonly number[],
  { gap = DEFAULT_GAP, onFit, signal }: LadderOptions = {},
): Promise<LadderFit[]> {
  const centre = ladder.indexOf(problem.lambda)
  const outwards = async (lambdas: readonly number[]): Promise<LadderFit[]> => {
    const fits: LadderFit[] = []
    let start: Matrix = middle.theta
    for (const lambda of lambdas) {
      onFit?.(lambda)
      const begin = performance.now()
      const options = { gap, start, signal }
      const { theta, status } = await fitHead(runtime, { ...problem, lambda }, options)
      fits.push({ lambda, theta, status, seconds: (performance.now() - begin) / 1000 })
      start = theta
    }
    return fits
  }
  const own = { lambda: problem.lambda, theta: middle.theta, status: middle.status, seconds: 0 }
  const larger = await outwards(ladder.slice(0, centre).reverse())
  return [...larger.reverse(), own, ...(await outwards(ladder.slice(centre + 1)))]
}
