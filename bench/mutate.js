// Damages files as accidents and attackers do, the same way for the same seed.

/**
 * Numbers in [0, 1), the same for the same seed (mulberry32).
 *
 * @param {number} seed
 * @returns {() => number}
 */
export function seededRandom(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** What makes a length or an offset large, negative, endless or off by one; little- and big-endian. */
const LENGTHS = [0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff]
const LONGEST_RANGE = 600

/** @typedef {{ content: Uint8Array, others: readonly Uint8Array[], below: (n: number) => number }} Patient */

/** @type {readonly ((patient: Patient) => Uint8Array)[]} */
const accidents = [
  function flipBits({ content, below }) {
    const out = content.slice()
    for (let k = 1 + below(2) * below(6); k > 0 && out.length > 0; k--)
      out[place(out, below)] ^= 1 << below(8)
    return out
  },
  function changeByte({ content, below }) {
    return spliced(content, place(content, below), 1, Uint8Array.of(below(256)))
  },
  function truncate({ content, below }) {
    return content.slice(0, place(content, below))
  },
  function insert({ content, below }) {
    const bytes = Uint8Array.from({ length: 1 + below(16) }, () => below(256))
    return spliced(content, place(content, below), 0, bytes)
  },
  function remove({ content, below }) {
    return spliced(content, place(content, below), 1 + below(LONGEST_RANGE))
  },
  function duplicate({ content, below }) {
    const from = place(content, below)
    return spliced(content, place(content, below), 0, content.subarray(from, from + 1 + below(LONGEST_RANGE)))
  },
  function changeLength({ content, below }) {
    const size = [1, 2, 4, 8][below(4)]
    const bytes = new Uint8Array(size)
    const view = new DataView(bytes.buffer)
    const length = below(3) === 0 ? content.length + below(5) - 2 : LENGTHS[below(LENGTHS.length)]
    const isLittle = below(2) === 0
    const high = below(2) * 0xffffffff
    if (size === 1) view.setUint8(0, length)
    if (size === 2) view.setUint16(0, length, isLittle)
    if (size === 4) view.setUint32(0, length, isLittle)
    if (size === 8) view.setBigUint64(0, (BigInt(high) << 32n) | BigInt(length), isLittle)
    return spliced(content, place(content, below), size, bytes)
  },
  function changeDigits({ content, below }) {
    const digits = [...content.keys()].filter(at => content[at] >= 0x30 && content[at] <= 0x39)
    if (digits.length === 0) return content
    const texts = ['0', '-1', '9999999999', '1e999', 'NaN', '"x"', 'null', '{}']
    const text = new TextEncoder().encode(texts[below(texts.length)])
    return spliced(content, digits[below(digits.length)], below(3), text)
  },
  function splice({ content, others, below }) {
    const other = others[below(others.length)]
    const from = place(other, below)
    const piece = other.subarray(from, below(2) === 0 ? other.length : from + 1 + below(LONGEST_RANGE))
    return spliced(content, place(content, below), below(2) === 0 ? piece.length : 0, piece)
  },
]

/** Headers stand at the beginning or at the end. */
function place(content, below) {
  const near = Math.min(content.length, 128)
  const choices = [() => below(near), () => content.length - 1 - below(near), () => below(content.length)]
  return Math.max(0, choices[below(3)]())
}

function spliced(content, at, removed, bytes = new Uint8Array(0)) {
  const end = Math.min(content.length, at + removed)
  const out = new Uint8Array(at + bytes.length + content.length - end)
  out.set(content.subarray(0, at))
  out.set(bytes, at)
  out.set(content.subarray(end), at + bytes.length)
  return out
}

/**
 * One of `files` after an accident or, now and then, up to three: the same for the same seed.
 *
 * @param {readonly Uint8Array[]} files
 * @param {number} seed
 * @returns {{ file: number, content: Uint8Array }}
 */
export function mutated(files, seed) {
  const random = seededRandom(seed)
  const below = n => Math.floor(random() * n)
  const file = below(files.length)
  let content = files[file]
  for (let k = 1 + below(2) * below(3); k > 0; k--) {
    content = accidents[below(accidents.length)]({ content, others: files, below })
  }
  return { file, content }
}
