/**
 * How many different examples are shown: distinct rows over all lists ÷ the places in them. 1 where no two test
 * points are shown the same, 1/m where all m are shown the same.
 */
export function topKCardinality(lists: readonly ArrayLike<number>[]): number {
  const rows = new Set<number>()
  let places = 0
  for (const list of lists) {
    places += list.length
    for (let k = 0; k < list.length; k++) rows.add(list[k])
  }
  return rows.size / places
}

/**
 * The share of the shown examples that are of the test point's own class, over all lists.
 *
 * @param lists rows of training examples, one list a test point
 * @param classes of the training examples
 * @param own class of each test point
 */
export function sameClassRate(
  lists: readonly ArrayLike<number>[],
  classes: ArrayLike<number>,
  own: ArrayLike<number>,
): number {
  let same = 0
  let places = 0
  for (const [t, list] of lists.entries()) {
    places += list.length
    for (let k = 0; k < list.length; k++) same += Number(classes[list[k]] === own[t])
  }
  return same / places
}
