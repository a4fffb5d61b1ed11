import { ranks } from './correlation.ts'

/**
 * The chance that a wrong example is scored above a right one, ties counted half: the area under the receiver
 * operating characteristic (Hanley & McNeil 1982). NaN where all are of one kind.
 *
 * @param scores high = worse [n]
 * @param isWrong 1 of each example that is to be found, else 0 [n]
 */
export function rocAuc(scores: ArrayLike<number>, isWrong: ArrayLike<number>): number {
  const ranked = ranks(scores)
  let wrong = 0
  let sum = 0
  for (let i = 0; i < scores.length; i++) {
    if (!isWrong[i]) continue
    wrong++
    sum += ranked[i]
  }
  return (sum - (wrong * (wrong + 1)) / 2) / (wrong * (scores.length - wrong))
}

/**
 * Average precision: the precision at each score from the largest down, weighted by the share of the wrong examples
 * that are found there; examples with the same score are found at once. NaN where none is wrong.
 */
export function averagePrecision(scores: ArrayLike<number>, isWrong: ArrayLike<number>): number {
  const order = byScore(scores)
  let found = 0
  let sum = 0
  for (let start = 0; start < order.length; ) {
    let end = start
    let here = 0
    for (; end < order.length && scores[order[end]] === scores[order[start]]; end++) {
      here += Number(Boolean(isWrong[order[end]]))
    }
    found += here
    sum += here * (found / end)
    start = end
  }
  return sum / found
}

/**
 * The share of the wrong examples that are found by inspecting each share of all, the largest scores first; ties go
 * to the smaller row, and a share of an example is none.
 *
 * @param shares of all examples, in [0, 1]
 */
export function foundShares(
  scores: ArrayLike<number>,
  isWrong: ArrayLike<number>,
  shares: readonly number[],
): number[] {
  const found = new Float64Array(scores.length + 1)
  for (const [place, row] of byScore(scores).entries()) {
    found[place + 1] = found[place] + Number(Boolean(isWrong[row]))
  }
  // 0.29 × 100 is less than 29 in doubles.
  const inspected = (share: number) => Math.floor(share * scores.length * (1 + Number.EPSILON))
  return shares.map(share => found[Math.min(scores.length, inspected(share))] / found[scores.length])
}

/** Rows with the largest score first; ties go to the smaller row. */
function byScore(scores: ArrayLike<number>): number[] {
  return Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[b] - scores[a] || a - b)
}
