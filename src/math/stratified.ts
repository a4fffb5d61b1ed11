/**
 * `count` of the rows, increasing, in which each group keeps its share to within one row: every n / count-th in the
 * order of groups, and of rows within a group. All rows where there are not more.
 *
 * @param groups the group of each row, 0 or more [n]
 */
export function stratifiedRows(groups: ArrayLike<number>, count: number): Int32Array {
  const n = groups.length
  const rows = rowsByGroup(groups)
  if (count >= n) return rows.sort()
  const step = n / count
  return Int32Array.from({ length: count }, (_, k) => rows[Math.floor((k + 0.5) * step)]).sort()
}

/** Rows in the order of their groups, and increasing within each (a counting sort). */
function rowsByGroup(groups: ArrayLike<number>): Int32Array {
  let groupCount = 0
  for (let row = 0; row < groups.length; row++) groupCount = Math.max(groupCount, groups[row] + 1)
  const next = new Int32Array(groupCount + 1)
  for (let row = 0; row < groups.length; row++) next[groups[row] + 1]++
  for (let group = 0; group < groupCount; group++) next[group + 1] += next[group]
  const rows = new Int32Array(groups.length)
  for (let row = 0; row < groups.length; row++) rows[next[groups[row]]++] = row
  return rows
}
