import { argmax, type Matrix, rowOf } from '../../math/matrix.ts'
import type { Activation } from '../../onnx/activation.ts'
import { lossOf } from '../head/loss.ts'

/** How much each training example's label is to be doubted. */
export interface Suspicions {
  /** High = worse [n] */
  readonly suspicion: Float64Array
  /** The output whose label is doubted: its class, or of several labels the one that is doubted most [n] */
  readonly outputs: Int32Array
  /** What a head says of that label instead: a class, or σ(Φ) of the output [n]; null where no head says anything */
  readonly suggested: Float64Array | null
}

/**
 * What a head's logits Φᵢ say against the label y of an example:
 *
 *   residual  1 − p_y, or of soft targets |p_y − T_y|
 *   loss      −log p_y
 *   margin    max_{j≠y} Φⱼ − Φ_y, above 0 where the head takes it for another class
 *   odds      1/(1 + exp(−margin)): of the label and the best of the others, the part of the other
 *
 * Where each output has a label of its own, all four are the largest |σ(Φⱼ) − Tⱼ| over the outputs: of one label
 * the loss, the margin and the odds order as that does.
 */
export type Measure = 'residual' | 'loss' | 'margin' | 'odds'

/** @param classes of a softmax [n]; null where each output has a label of its own */
export class SuspicionTable implements Suspicions {
  readonly suspicion: Float64Array
  readonly outputs: Int32Array
  readonly suggested: Float64Array
  readonly #measure: Measure
  readonly #classes: Int32Array | null
  readonly #activate: (phi: Float64Array) => void

  constructor(n: number, measure: Measure, activation: Activation, classes: Int32Array | null) {
    this.suspicion = new Float64Array(n)
    this.outputs = new Int32Array(n)
    this.suggested = new Float64Array(n)
    this.#measure = measure
    this.#classes = classes
    this.#activate = lossOf(activation).activate
  }

  /** Takes the logits [rows, c] and targets [rows, c] of consecutive examples. */
  take(start: number, logits: Matrix<Float64Array>, targets: Matrix<Float32Array>): void {
    for (let i = 0; i < logits.rows; i++) this.takeRow(start + i, rowOf(logits, i), rowOf(targets, i))
  }

  /** @param phi is overwritten [c] */
  takeRow(row: number, phi: Float64Array, target: Float32Array): void {
    if (this.#classes) {
      const y = this.#classes[row]
      this.outputs[row] = y
      this.suggested[row] = argmax(phi)
      this.suspicion[row] = classSuspicion(this.#measure, phi, y, target[y])
      return
    }
    this.#activate(phi)
    let worst = 0
    const miss = (j: number) => Math.abs(phi[j] - target[j])
    for (let j = 1; j < phi.length; j++) if (miss(j) > miss(worst)) worst = j
    this.outputs[row] = worst
    this.suggested[row] = phi[worst]
    this.suspicion[row] = miss(worst)
  }
}

/** By differences to Φ_y, so that no digit is lost where p_y is near 1. */
function classSuspicion(measure: Measure, phi: Float64Array, y: number, target: number): number {
  let margin = Number.NEGATIVE_INFINITY
  for (let j = 0; j < phi.length; j++) if (j !== y) margin = Math.max(margin, phi[j] - phi[y])
  if (measure === 'margin') return margin
  if (measure === 'odds') return 1 / (1 + Math.exp(-margin))
  // Σ_{j≠y} exp(Φⱼ − Φ_y) = e^shift · others
  const shift = Math.max(0, margin)
  let others = 0
  for (let j = 0; j < phi.length; j++) if (j !== y) others += Math.exp(phi[j] - phi[y] - shift)
  if (measure === 'loss')
    return shift + (shift > 0 ? Math.log(Math.exp(-shift) + others) : Math.log1p(others))
  const wrong = others / (Math.exp(-shift) + others)
  return target === 1 ? wrong : Math.abs(1 - wrong - target)
}
