/** How well logits do by labels, as sums over examples that are seen one at a time. */
export interface Measure {
  /** Takes the logits [c] of an example, and its labels [c]. */
  add(logits: ArrayLike<number>, labels: ArrayLike<number>): void
  /** null where the examples say nothing about it */
  value(): number | null
}

/**
 * F1 = 2 TP / (2 TP + FP + FN) over all outputs of all examples (micro-averaged), of outputs that say yes where their
 * logit is positive and of labels that do above 1/2; null where neither ever does.
 */
export function microF1(): Measure {
  let [both, either] = [0, 0]
  return {
    add(logits, labels) {
      for (let j = 0; j < labels.length; j++) {
        const [said, meant] = [logits[j] > 0, labels[j] > 0.5]
        both += Number(said && meant)
        either += Number(said) + Number(meant)
      }
    },
    value: () => (either === 0 ? null : (2 * both) / either),
  }
}

/**
 * The coefficient of determination R² = 1 − Σᵢ (yᵢ − φᵢ)² / Σᵢ (yᵢ − ȳ)² of each of c outputs, averaged over them: 1 at
 * best, 0 as good as the mean, below that worse. An output whose labels are all the same has 1 where it hits them and 0
 * where it does not. Null of fewer than two examples. Variances as Welford (1962) sums them.
 */
export function rSquared(c: number): Measure {
  const [mean, spread, missed] = [new Float64Array(c), new Float64Array(c), new Float64Array(c)]
  let n = 0
  return {
    add(logits, labels) {
      n++
      for (let j = 0; j < c; j++) {
        const off = labels[j] - mean[j]
        mean[j] += off / n
        spread[j] += off * (labels[j] - mean[j])
        missed[j] += (labels[j] - logits[j]) ** 2
      }
    },
    value() {
      if (n < 2) return null
      const each = spread.map((s, j) => (s > 0 ? 1 - missed[j] / s : Number(missed[j] === 0)))
      return each.reduce((sum, r2) => sum + r2, 0) / c
    },
  }
}
