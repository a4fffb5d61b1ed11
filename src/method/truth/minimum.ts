import { boundCounts } from '../head/bound-counts.ts'
import type { Problem } from '../head/problem.ts'
import type { Examples } from './subsets.ts'

/** Examples that are looked at at once. */
const BLOCK_ROWS = 4096

/**
 * Those of some lists of examples that a head can be fitted to: without a class's last example, say, a free bias has
 * no minimum, as `expectMinimum` has it.
 */
export async function listsWithMinimum(problem: Problem, lists: readonly Examples[]): Promise<number[]> {
  const all = boundCounts(problem)
  if (all === null) return [...lists.keys()]
  for await (const { matrix } of problem.targets.blocks(BLOCK_ROWS)) all.add(matrix)
  const found: number[] = []
  for (const [list, examples] of lists.entries()) {
    const isSubset = 'only' in examples
    const counts = isSubset ? boundCounts(problem) : all
    const rows = Int32Array.from(new Set(Array.from(isSubset ? examples.only : examples.without)))
    const each = async (times: 1 | -1) => {
      for (let at = 0; at < rows.length; at += BLOCK_ROWS) {
        counts?.add(await problem.targets.fetch(rows.subarray(at, at + BLOCK_ROWS)), times)
      }
    }
    await each(isSubset ? 1 : -1)
    if (counts?.unheld() === null) found.push(list)
    if (!isSubset) await each(1)
  }
  return found
}
