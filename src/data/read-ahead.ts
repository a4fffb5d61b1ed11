/** Blocks of so many rows from row `from` on, each of them read while the one before is computed with. */
export async function* readAhead<M>(
  rows: number,
  size: number,
  from: number,
  read: (start: number, count: number) => Promise<M>,
): AsyncGenerator<{ start: number; matrix: M }> {
  const begin = (start: number): Promise<M> => {
    const reading = read(start, Math.min(size, rows - start))
    // It may fail before anybody waits for it.
    reading.catch(() => undefined)
    return reading
  }
  if (from >= rows) return
  let next = begin(from)
  for (let start = from; start < rows; start += size) {
    const matrix = await next
    if (start + size < rows) next = begin(start + size)
    yield { start, matrix }
  }
}
