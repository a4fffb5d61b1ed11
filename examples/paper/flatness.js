// Where the loss of a test point is flat, so that its gradient and every influence on it vanish.

/**
 * σ(φ) − T of a softmax and a label as a program in single precision has it: every number is rounded to 24 bits.
 * It is exactly 0 once the other outputs underflow, at margins beyond 103.
 */
export function singleResidual(logits, label) {
  const phi = Float32Array.from(logits)
  const most = phi.reduce((a, b) => Math.max(a, b))
  const powers = phi.map(x => Math.exp(Math.fround(x - most)))
  const sum = powers.reduce((total, x) => Math.fround(total + x), 0)
  return powers.map((x, j) => Math.fround(x / sum) - Number(j === label))
}

/** Whether the gradient of the loss is exactly 0 in single precision. */
export const isFlat = (logits, label) => singleResidual(logits, label).every(x => x === 0)

/** By how much the logit of a label is above all others; below 0 where it is not the largest. */
export function marginOf(logits, label) {
  return logits.reduce((least, x, j) => (j === label ? least : Math.min(least, logits[label] - x)), Infinity)
}
