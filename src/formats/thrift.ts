/** A struct by field number; text and bytes are passed over, and none of the numbers here needs 64 bits. */
export interface ThriftStruct {
  readonly [field: number]: ThriftValue
}

type ThriftValue = number | boolean | undefined | ThriftStruct | ThriftValue[]

const maxDepth = 32
const maxVarintBytes = 10

/** How the compact protocol numbers its types. */
const stop = 0
const boolTrue = 1
const boolFalse = 2
const int8 = 3
const int16 = 4
const int32 = 5
const int64 = 6
const double = 7
const binary = 8
const list = 9
const struct = 12

/**
 * Reads a struct in Thrift's compact protocol, as Parquet writes its headers, and where it ends. Hostile
 * lengths cost nothing: a list has no more elements than there are bytes left, a number at most ten bytes.
 * Throws a RangeError or SyntaxError on anything else.
 */
export function readThrift(content: Uint8Array, offset = 0): { value: ThriftStruct; end: number } {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength)
  let at = offset

  function varint(): number {
    let value = 0
    for (let i = 0; i < maxVarintBytes; i++) {
      const byte = view.getUint8(at++)
      value += (byte & 0x7f) * 2 ** (7 * i)
      if (byte < 0x80) return value
    }
    throw new SyntaxError(`a number of more than ${maxVarintBytes} bytes`)
  }

  function zigzag(): number {
    const value = varint()
    return value % 2 ? -(value + 1) / 2 : value / 2
  }

  /** Steps over `length` bytes. */
  function skip(length: number): undefined {
    if (length > content.length - at) throw new RangeError(`${length} bytes reach past the end`)
    at += length
  }

  function element(type: number, depth: number): ThriftValue {
    if (type === boolTrue || type === boolFalse) return type === boolTrue
    if (type === int8) return view.getInt8(at++)
    if (type === int16 || type === int32 || type === int64) return zigzag()
    if (type === double) return skip(8)
    if (type === binary) return skip(varint())
    if (type === list) return elements(depth + 1)
    if (type === struct) return fields(depth + 1)
    throw new SyntaxError(`type ${type}`)
  }

  function elements(depth: number): ThriftValue[] {
    const head = view.getUint8(at++)
    const length = head >> 4 === 15 ? varint() : head >> 4
    const type = head & 0x0f
    if (length > content.length - at) throw new RangeError(`a list of ${length} reaches past the end`)
    const values: ThriftValue[] = []
    // In a list each boolean takes a byte, in a struct none.
    const itemType = type === boolTrue || type === boolFalse ? int8 : type
    for (let i = 0; i < length; i++) values.push(element(itemType, depth))
    return values
  }

  function fields(depth: number): ThriftStruct {
    if (depth > maxDepth) throw new SyntaxError('too deeply nested')
    const value: { [field: number]: ThriftValue } = {}
    let field = 0
    for (;;) {
      const head = view.getUint8(at++)
      const type = head & 0x0f
      if (type === stop) return value
      field = head >> 4 ? field + (head >> 4) : zigzag()
      value[field] = element(type, depth)
    }
  }

  return { value: fields(0), end: at }
}
