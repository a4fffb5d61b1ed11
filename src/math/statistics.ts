/** Pearson's correlation of pairs that come one by one (Welford's update); NaN where a side is constant. */
export class Correlation {
  #n = 0
  #meanX = 0
  #meanY = 0
  #xx = 0
  #yy = 0
  #xy = 0

  add(x: number, y: number): void {
    this.#n++
    const dx = x - this.#meanX
    const dy = y - this.#meanY
    this.#meanX += dx / this.#n
    this.#meanY += dy / this.#n
    this.#xx += dx * (x - this.#meanX)
    this.#yy += dy * (y - this.#meanY)
    this.#xy += dx * (y - this.#meanY)
  }

  get value(): number {
    return this.#xy / Math.sqrt(this.#xx * this.#yy)
  }
}

/** The standard deviation of numbers that come one by one (Welford's update); over n, NaN where there are none. */
export class Spread {
  #n = 0
  #mean = 0
  #squares = 0

  add(x: number): void {
    this.#n++
    const difference = x - this.#mean
    this.#mean += difference / this.#n
    this.#squares += difference * (x - this.#mean)
  }

  get deviation(): number {
    return Math.sqrt(this.#squares / this.#n)
  }
}
