// Numbers that look random and are the same for the same seed, fast enough for thousands of millions of them.

/** Whole numbers in [0, 2³²) (xorshift). */
export function wholeNumbers(seed) {
  let x = seed | 0 || 1
  return () => {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    return x >>> 0
  }
}

const TABLE = 2 ** 16

/** Standard normal numbers: drawn from a table of 65,536 made by Box and Muller's formula. */
export function gaussians(seed) {
  const next = wholeNumbers(seed)
  const uniform = () => (next() + 1) / 2 ** 32
  const table = Float32Array.from(
    { length: TABLE },
    () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
  )
  return () => table[next() >>> 16]
}
