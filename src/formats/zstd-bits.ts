/** What is wrong with compressed data. */
export function damaged(what: string): RangeError {
  return new RangeError(`zstd: ${what}`)
}

/** Bits that lie from the first byte on, the lowest first; reads past the end throw. */
export class ForwardBits {
  readonly #content: Uint8Array
  /** In bits. */
  #at: number

  constructor(content: Uint8Array, start: number) {
    this.#content = content
    this.#at = 8 * start
  }

  /** The byte after the last that was read from. */
  get end(): number {
    return Math.ceil(this.#at / 8)
  }

  read(count: number): number {
    if (this.#at + count > 8 * this.#content.length) throw damaged('bits past the end')
    const value = bitsAt(this.#content, this.#at, count)
    this.#at += count
    return value
  }

  back(count: number): void {
    this.#at -= count
  }
}

/** Bits that are read from the last byte down to the first; its highest bit that is set marks their end. */
export class BackwardBits {
  readonly #content: Uint8Array
  /** How many bits are left; below 0 where more were read than there were, which count as 0. */
  left: number

  constructor(content: Uint8Array) {
    const last = content.at(-1) ?? 0
    if (last === 0) throw damaged('a stream of bits without an end')
    this.#content = content
    this.left = 8 * content.length - Math.clz32(last) + 23
  }

  read(count: number): number {
    const value = this.peek(count)
    this.left -= count
    return value
  }

  /** The next `count` bits, which stay. */
  peek(count: number): number {
    const from = this.left - count
    if (from >= 0) return bitsAt(this.#content, from, count)
    return this.left > 0 ? bitsAt(this.#content, 0, this.left) * 2 ** -from : 0
  }
}

/** `count` bits, 32 at most, from bit `from` on; bytes past the end count as 0. */
function bitsAt(content: Uint8Array, from: number, count: number): number {
  if (count > 24) return bitsAt(content, from, 24) + bitsAt(content, from + 24, count - 24) * 2 ** 24
  const at = from >> 3
  const word = content[at] | (content[at + 1] << 8) | (content[at + 2] << 16) | (content[at + 3] << 24)
  return (word >>> (from & 7)) & ((1 << count) - 1)
}
