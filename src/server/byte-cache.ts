/** Keeps what was made last, as many bytes as are allowed: what was not asked for longest goes first. */
export class ByteCache<T extends { readonly bytes: number }> {
  readonly #most: number
  readonly #kept = new Map<string, T>()
  #bytes = 0

  /** @param most bytes */
  constructor(most: number) {
    this.#most = most
  }

  get(key: string): T | undefined {
    const found = this.#kept.get(key)
    if (found === undefined) return undefined
    // A map keeps the order in which keys came.
    this.#kept.delete(key)
    this.#kept.set(key, found)
    return found
  }

  set(key: string, made: T): void {
    this.#drop(key)
    if (made.bytes > this.#most) return
    this.#kept.set(key, made)
    this.#bytes += made.bytes
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#most) break
      this.#drop(oldest)
    }
  }

  #drop(key: string): void {
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0
    this.#kept.delete(key)
  }
}
