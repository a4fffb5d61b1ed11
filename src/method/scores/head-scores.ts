import type { Runtime } from '../../runtime/runtime.ts'
import { kernelOf } from '../head/kernel.ts'
import { eachLogits } from '../head/logits.ts'
import { rowNorms } from '../head/row-norms.ts'
import { type Doubts, DoubtTable, type Measure } from './label-doubt.ts'
import type { FittedHead, ScoreSource } from './source.ts'

/** What a head says against the labels of the examples that it was fitted to. */
export async function headDoubts(
  runtime: Runtime,
  { problem, theta }: FittedHead,
  classes: Int32Array | null,
  measure: Measure,
): Promise<DoubtTable> {
  const { features, targets, activation } = problem
  const table = new DoubtTable(features.rows, measure, activation, classes)
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
export async function alphaDoubts(
  runtime: Runtime,
  head: FittedHead,
  classes: Int32Array | null,
): Promise<Doubts> {
  const { doubts, outputs } = await headDoubts(runtime, head, classes, 'residual')
  const scale = 2 * head.problem.lambda * doubts.length
  return { doubts: doubts.map(residual => residual / scale), outputs, suggested: null }
}

/** |α_{i,y}| k(fᵢ, fᵢ), which is |α_{i,y}| ‖f̃ᵢ‖²: the representer value of an example for itself at its own label. */
export async function selfRepresenterDoubts(runtime: Runtime, source: ScoreSource): Promise<Doubts> {
  const { features, bias } = source.problem
  const { doubts, outputs } = await alphaDoubts(runtime, source, source.classes)
  const { norms } = await rowNorms(runtime, features, kernelOf(bias, features.cols))
  return { doubts: doubts.map((alpha, i) => alpha * norms[i] ** 2), outputs, suggested: null }
}
