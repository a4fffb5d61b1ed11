/** How many rows may go through a network at once: multiples of `step`, `most` of them at most. */
export interface BatchSizes {
  readonly step: number
  readonly most: number
}

const MOST = 256
/** Numbers in the inputs that are held at once, so that large pictures do not fill the memory. */
const MOST_NUMBERS = 2 ** 24
/** Fewer rows are not tried: what a run costs beside its rows is felt, and a single row has kernels of its own. */
const STEP = 16

/**
 * The sizes of batches of inputs of `cols` numbers.
 *
 * @param fixed the batch that the model fixes; null where any will do
 * @param isFree whether rows come out the same to the last bit whatever their batch; without, every batch but
 * the last is the same one
 */
export function batchSizes(cols: number, fixed: number | null, isFree: boolean): BatchSizes {
  const most = 2 ** Math.floor(Math.log2(Math.max(1, Math.min(MOST, MOST_NUMBERS / cols))))
  if (fixed !== null) return { step: fixed, most: fixed * Math.max(1, Math.floor(most / fixed)) }
  return { step: isFree ? Math.min(STEP, most) : most, most }
}

/** Blocks of rows for which each size is tried. The first one also pays for memory that the later ones find. */
const TRIES = 2

/**
 * Finds the size of batches at which a network is fastest while it does its work: the first blocks of rows go
 * through it in batches of one size each, step, 2 step, 4 step, …, and all others in batches of the fastest.
 * Nothing is run for the sake of measuring.
 */
export class FastestBatch {
  /** Sizes that are still to be tried, the next one last. */
  readonly #untried: number[]
  #fastest: number
  /** Milliseconds a row */
  #least = Number.POSITIVE_INFINITY

  constructor({ step, most }: BatchSizes) {
    const sizes: number[] = []
    for (let size = step; size <= most; size *= 2) sizes.unshift(size)
    this.#fastest = step
    this.#untried = Array.from({ length: TRIES }, () => sizes).flat()
  }

  /** The size for the next block. */
  get size(): number {
    return this.#untried.at(-1) ?? this.#fastest
  }

  /** Told how many milliseconds a row the network took for a block of `most` rows. */
  took(milliseconds: number): void {
    const size = this.#untried.pop()
    if (size === undefined || milliseconds >= this.#least) return
    this.#least = milliseconds
    this.#fastest = size
  }
}
