/**
 * Sends what is put into it in one turn of the event loop as one list: a message between threads costs about as
 * much as a short explanation, however little is in it.
 */
export class Outbox<T> {
  readonly #send: (items: readonly T[], memory: readonly ArrayBuffer[]) => void
  #items: T[] = []
  #memory: ArrayBuffer[] = []

  /** @param send takes a list, and memory in it that may be given away */
  constructor(send: (items: readonly T[], memory: readonly ArrayBuffer[]) => void) {
    this.#send = send
  }

  put(item: T, memory: readonly ArrayBuffer[] = []): void {
    if (this.#items.length === 0) setImmediate(() => this.#flush())
    this.#items.push(item)
    this.#memory.push(...memory)
  }

  #flush(): void {
    const [items, memory] = [this.#items, this.#memory]
    this.#items = []
    this.#memory = []
    this.#send(items, memory)
  }
}
