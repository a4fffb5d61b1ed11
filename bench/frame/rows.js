// Views of matrices { rows, cols, data }, row-major.

/** The first rows, as a view. */
export function firstRows({ rows, cols, data }, wanted) {
  const kept = Math.min(rows, wanted)
  return { rows: kept, cols, data: data.subarray(0, kept * cols) }
}

/** Row i as a view. */
export function row({ cols, data }, i) {
  return data.subarray(i * cols, (i + 1) * cols)
}
