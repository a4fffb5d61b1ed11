import { rowOf } from '../../math/matrix.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { UserError } from '../../user-error.ts'
import { FactoredHessian, isFactored } from '../curvature/inverse-hessian.ts'
import { type Leverages, leverages } from '../curvature/leverage.ts'
import type { ScoreSource } from './source.ts'
import { type Suspicions, SuspicionTable } from './suspicion.ts'
import type { ScoreWork } from './work.ts'

/**
 * What of the whole Hessian of the head tells a wrong label (method.md §9):
 *
 *   self-influence   1/n gᵢᵀH⁻¹gᵢ, what leaving an example out does to its own loss, to first order (Koh & Liang
 *                    2017, section 5.4)
 *   cooks-distance   δ̃ᵢᵀAᵢδ̃ᵢ, how far leaving it out moves the head (Cook 1977; Pregibon 1981)
 *   leave-one-out    −log p_y of the left-out logits Φᵢ + Aᵢδ̃ᵢ
 *
 * The first two are over all outputs together; of several labels the one with the largest |δ̃ᵢⱼ| is doubted.
 */
export type LeverageScore = 'self-influence' | 'cooks-distance' | 'leave-one-out'

/** Errors: UserError where the Hessian is too large to be factored. */
export async function leverageSuspicions(work: ScoreWork, name: LeverageScore): Promise<Suspicions> {
  const { problem, theta, classes } = work.source
  if (!isFactored(problem)) {
    throw new UserError(
      'value',
      `${name}: features times outputs are ${theta.data.length}, expected at most about 10,000, choose neighbour-head or out-of-fold`,
    )
  }
  const found = await work.once(leveragesAt)
  if (name === 'leave-one-out') return leftOutSuspicions(found, problem, classes)
  const outputs = classes ?? largestOutputs(found)
  return {
    suspicion: name === 'self-influence' ? found.selfInfluence : found.cooks,
    outputs,
    suggested: null,
  }
}

async function leveragesAt(
  runtime: Runtime,
  { problem, theta, onProgress, signal }: ScoreSource,
): Promise<Leverages> {
  onProgress?.({ phase: 'hessian', done: 0, total: 1 })
  const hessian = await FactoredHessian.make(runtime, problem, theta, { signal })
  try {
    return await leverages(runtime, problem, theta, hessian, {
      signal,
      onProgress: done => onProgress?.({ phase: 'leverages', done, total: problem.features.rows }),
    })
  } finally {
    await hessian.release()
  }
}

async function leftOutSuspicions(
  { leftOut }: Leverages,
  { targets, activation }: ScoreSource['problem'],
  classes: Int32Array | null,
): Promise<Suspicions> {
  const table = new SuspicionTable(leftOut.rows, 'loss', activation, classes)
  for await (const { start, matrix } of targets.blocks(4096)) {
    for (let i = 0; i < matrix.rows; i++) {
      table.takeRow(start + i, rowOf(leftOut, start + i), rowOf(matrix, i))
    }
  }
  return table
}

function largestOutputs({ corrected }: Leverages): Int32Array {
  return Int32Array.from({ length: corrected.rows }, (_, i) => {
    const row = rowOf(corrected, i)
    let largest = 0
    for (let j = 1; j < row.length; j++) if (Math.abs(row[j]) > Math.abs(row[largest])) largest = j
    return largest
  })
}
