/** Uniform numbers in [0, 1), the same ones for the same seed on every machine (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let z = state
    z = Math.imul(z ^ (z >>> 15), z | 1)
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61)
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32
  }
}

/** `count` of some rows, each at most once, in an order at random (Fisher and Yates); the rows are taken over. */
export function drawn(rows: Int32Array, count: number, uniform: () => number): Int32Array {
  for (let k = 0; k < count; k++) {
    const other = k + Math.floor(uniform() * (rows.length - k))
    const row = rows[other]
    rows[other] = rows[k]
    rows[k] = row
  }
  return rows.subarray(0, count)
}

/** Standard normal numbers (Box and Muller 1958). */
export function randomNormal(seed: number): () => number {
  const uniform = random(seed)
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
}
