import type { NdArray } from '../formats/ndarray.ts'

const FIRST_LENGTH = 2 ** 12

/** Rows of float32 numbers that come one after another, in one array that grows with them. */
export class Float32Rows {
  #data = new Float32Array(FIRST_LENGTH)
  #length = 0
  #cols: number | null = null

  /** Numbers a row; 0 before the first. */
  get cols(): number {
    return this.#cols ?? 0
  }

  /** Whether a row of so many numbers may follow; the first one decides. */
  expects(cols: number): boolean {
    this.#cols ??= cols
    return this.#cols === cols
  }

  push(value: number): void {
    if (this.#length === this.#data.length) {
      const larger = new Float32Array(2 * this.#data.length)
      larger.set(this.#data)
      this.#data = larger
    }
    this.#data[this.#length++] = value
  }

  /** All numbers as [n, numbers a row]. */
  toArray(n: number): NdArray {
    return {
      dtype: 'float32',
      shape: [n, n === 0 ? 0 : this.#length / n],
      data: this.#data.slice(0, this.#length),
    }
  }
}
