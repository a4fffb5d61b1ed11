import { argmax, rowOf } from '../../math/matrix.ts'
import type { Rows } from '../../math/rows.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { blockRows } from '../head/blocks.ts'
import { kernelOf } from '../head/kernel.ts'
import { eachLogits } from '../head/logits.ts'
import { rowNorms } from '../head/row-norms.ts'
import type { FittedHead, ScoreSource } from './source.ts'
import { type Measure, type Suspicions, SuspicionTable } from './suspicion.ts'

/** What a head says against the labels of the examples that it was fitted to. */
export async function headSuspicions(
  runtime: Runtime,
  { problem, theta }: FittedHead,
  classes: Int32Array | null,
  measure: Measure,
): Promise<SuspicionTable> {
  const { features, targets, activation } = problem
  const table = new SuspicionTable(features.rows, measure, activation, classes)
  await eachLogits(runtime, { features, theta, beside: targets }, (start, logits, beside) => {
    if (beside) table.take(start, logits, beside)
  })
  return table
}

/**
 * |α_{i,y}| = |σ(Φᵢ) − Tᵢ|_y / 2λn, how strongly an example resists a fit at its own label (Yeh et al. 2018, section
 * 4.1). With labels as targets that is (1 − p_y)/2λn, which orders as the loss does; of a fit to the given model's
 * outputs it is how far the head misses these at the label.
 */
export async function alphaSuspicions(
  runtime: Runtime,
  head: FittedHead,
  classes: Int32Array | null,
): Promise<Suspicions> {
  const { suspicion, outputs } = await headSuspicions(runtime, head, classes, 'residual')
  const scale = 2 * head.problem.lambda * suspicion.length
  return { suspicion: suspicion.map(residual => residual / scale), outputs, suggested: null }
}

/**
 * |αᵢⱼ| of α as it is stored [n, c], at the label, or where each output has a label of its own the largest over the
 * outputs; see `alphaSuspicions`.
 */
export async function storedAlphaSuspicions(alpha: Rows, classes: Int32Array | null): Promise<Suspicions> {
  const outputs = classes ?? new Int32Array(alpha.rows)
  const suspicion = new Float64Array(alpha.rows)
  for await (const { start, matrix } of alpha.blocks(blockRows(alpha.cols))) {
    for (let i = 0; i < matrix.rows; i++) {
      const sizes = rowOf(matrix, i).map(Math.abs)
      if (!classes) outputs[start + i] = argmax(sizes)
      suspicion[start + i] = sizes[outputs[start + i]]
    }
  }
  return { suspicion, outputs, suggested: null }
}

/** |α_{i,y}| k(fᵢ, fᵢ), which is |α_{i,y}| ‖q(fᵢ)‖²: the representer value of an example for itself at its own label. */
export async function selfRepresenterSuspicions(runtime: Runtime, source: ScoreSource): Promise<Suspicions> {
  const { features, bias } = source.problem
  const { kernel = kernelOf(bias, features.cols) } = source
  const { suspicion, outputs } = await alphaSuspicions(runtime, source, source.classes)
  const { norms } = await rowNorms(runtime, features, kernel)
  return { suspicion: suspicion.map((alpha, i) => alpha * norms[i] ** 2), outputs, suggested: null }
}
