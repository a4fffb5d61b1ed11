/*
 * As much of WebAssembly as one exported function over one memory takes
 * (https://webassembly.github.io/spec/core/binary): instructions are arrays of bytes, and nest as they do in the
 * text format, operands first.
 */

export type Code = readonly number[]

/** Value types. */
export const I32 = 0x7f
export const F64 = 0x7c
export const V128 = 0x7b

/** Unsigned LEB128. */
function u32(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...u32(value >>> 7)]
}

/** Signed LEB128. */
function s32(value: number): Code {
  const low = value & 0x7f
  const rest = value >> 7
  return (rest === 0 && low < 0x40) || (rest === -1 && low >= 0x40) ? [low] : [low | 0x80, ...s32(rest)]
}

/** A plain instruction behind its operands. */
const plain =
  (...opcode: number[]) =>
  (...operands: Code[]): Code => [...operands.flat(), ...opcode]

/** An instruction that reads or writes memory at an address plus a fixed offset; `align` is a power of 2. */
const access =
  (align: number, ...opcode: number[]) =>
  (offset: number, ...operands: Code[]): Code => [...operands.flat(), ...opcode, align, ...u32(offset)]

const EMPTY = 0x40
const END = 0x0b

export const op = {
  get: (local: number): Code => [0x20, ...u32(local)],
  set: (local: number, value: Code): Code => [...value, 0x21, ...u32(local)],
  i32: (value: number): Code => [0x41, ...s32(value)],
  f64: (value: number): Code => [0x44, ...new Uint8Array(Float64Array.of(value).buffer)],
  /** Repeats where `again` is reached, the innermost with depth 0; ends behind its last instruction. */
  loop: (...body: Code[]): Code => [0x03, EMPTY, ...body.flat(), END],
  when: (condition: Code, ...body: Code[]): Code => [...condition, 0x04, EMPTY, ...body.flat(), END],
  again: (depth: number): Code => [0x0c, ...u32(depth)],
  answer: (value: Code): Code => [...value, 0x0f],
  i32Load: access(2, 0x28),
  i32Store: access(2, 0x36),
  f32Load: access(2, 0x2a),
  f64Store: access(3, 0x39),
  i32Add: plain(0x6a),
  i32Or: plain(0x72),
  i32And: plain(0x71),
  /** Unsigned. */
  i32Below: plain(0x49),
  f64Equal: plain(0x61),
  f64Below: plain(0x63),
  f64AtLeast: plain(0x66),
  f64Negate: plain(0x9a),
  f64Add: plain(0xa0),
  f64Subtract: plain(0xa1),
  f64Multiply: plain(0xa2),
  f64Promote: plain(0xbb),
  /** Two numbers of single precision; zeros behind them. */
  load64: access(2, 0xfd, 0x5d),
  load128: access(3, 0xfd, 0x00),
  splat: plain(0xfd, 0x14),
  lane: (lane: number, value: Code): Code => [...value, 0xfd, 0x21, lane],
  widen: plain(0xfd, 0x5f),
  add2: plain(0xfd, 0xf0, 0x01),
  subtract2: plain(0xfd, 0xf1, 0x01),
  multiply2: plain(0xfd, 0xf2, 0x01),
} as const

export interface WasmFunction {
  readonly params: readonly number[]
  readonly result: number
  readonly locals: readonly number[]
  readonly body: readonly Code[]
}

const section = (id: number, content: Code): Code => [id, ...u32(content.length), ...content]
const text = (name: string): Code => [name.length, ...new TextEncoder().encode(name)]

/** A module that exports the function as `run`, and its memory, one page at first, as `memory`. */
export function encodeModule({ params, result, locals, body }: WasmFunction): Uint8Array<ArrayBuffer> {
  const code = [...u32(locals.length), ...locals.flatMap(type => [1, type]), ...body.flat(), END]
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, ...u32(params.length), ...params, 1, result]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0x00, 1]),
    ...section(7, [2, ...text('run'), 0x00, 0, ...text('memory'), 0x02, 0]),
    ...section(10, [1, ...u32(code.length), ...code]),
  ])
}
