import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire'

/**
 * Protocol buffers by table: a schema names each field's number and kind, and one decoder and one encoder
 * serve every message. Fields that a schema does not name are skipped on reading.
 */
export type Schema<T> = { readonly [K in keyof T]-?: Field }

type Scalar = 'string' | 'bytes' | 'int' | 'float' | 'double'

interface Field {
  readonly id: number
  readonly kind: Scalar | (() => Schema<never>)
  readonly repeated?: boolean
}

/** One value of a message; absent when the file leaves it out. */
export const one = (id: number, kind: Field['kind']): Field => ({ id, kind })
/** Any number of values; an empty array when the file has none. */
export const many = (id: number, kind: Field['kind']): Field => ({ id, kind, repeated: true })

type Message = Record<string, unknown>

const DELIMITED = new Set(['string', 'bytes'])

/** Reads a message. Throws a RangeError or an Error of the wire reader on bytes that are no such message. */
export function decode<T>(schema: Schema<T>, bytes: Uint8Array): T {
  return decodeInto(
    schema as Schema<never>,
    new BinaryReader(bytes),
    bytes.byteLength,
    emptyMessage(schema),
  ) as T
}

function emptyMessage(schema: object): Message {
  const message: Message = {}
  for (const [name, field] of Object.entries(schema as Record<string, Field>)) {
    if (field.repeated) message[name] = []
  }
  return message
}

function decodeInto(schema: Schema<never>, reader: BinaryReader, length: number, message: Message): Message {
  const fields = Object.entries(schema as Record<string, Field>)
  const end = reader.pos + length
  while (reader.pos < end) {
    const [id, wireType] = reader.tag()
    const entry = fields.find(([, field]) => field.id === id)
    if (!entry) {
      reader.skip(wireType, id)
      continue
    }
    const [name, field] = entry
    if (field.repeated) {
      const values = message[name] as unknown[]
      const isPacked =
        wireType === WireType.LengthDelimited && typeof field.kind === 'string' && !DELIMITED.has(field.kind)
      const packedEnd = isPacked ? reader.uint32() + reader.pos : reader.pos
      if (packedEnd > end) throw new RangeError('packed field past the end of its message')
      do {
        if (isPacked && reader.pos >= packedEnd) break
        values.push(decodeValue(field, reader, undefined))
      } while (reader.pos < packedEnd)
    } else {
      message[name] = decodeValue(field, reader, message[name])
    }
  }
  if (reader.pos !== end) throw new RangeError('message ends inside a field')
  return message
}

/** A singular message that comes twice is merged, as the wire format asks. */
function decodeValue(field: Field, reader: BinaryReader, earlier: unknown): unknown {
  switch (field.kind) {
    case 'string':
      return reader.string()
    case 'bytes':
      return reader.bytes()
    case 'int':
      return Number(reader.int64())
    case 'float':
      return reader.float()
    case 'double':
      return reader.double()
    default: {
      const schema = field.kind()
      const length = reader.uint32()
      if (reader.pos + length > reader.len) throw new RangeError('message past the end of the file')
      return decodeInto(schema, reader, length, (earlier as Message | undefined) ?? emptyMessage(schema))
    }
  }
}

/**
 * A copy of a message in which some of its fields are others, and all else is the same bytes.
 *
 * @param replace what stands for a field with this number, of bytes, text or a message; null to keep it
 */
export function replaceFields(
  message: Uint8Array,
  id: number,
  replace: (content: Uint8Array) => readonly Uint8Array[] | null,
): Uint8Array {
  const reader = new BinaryReader(message)
  const pieces: Uint8Array[] = []
  let kept = 0
  while (reader.pos < reader.len) {
    const start = reader.pos
    const [field, wireType] = reader.tag()
    if (field !== id || wireType !== WireType.LengthDelimited) {
      reader.skip(wireType, field)
      continue
    }
    const others = replace(reader.bytes())
    if (others === null) continue
    pieces.push(message.subarray(kept, start))
    for (const other of others) {
      const head = new BinaryWriter().tag(id, WireType.LengthDelimited).uint32(other.byteLength)
      pieces.push(head.finish(), other)
    }
    kept = reader.pos
  }
  return together([...pieces, message.subarray(kept)])
}

function together(pieces: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(pieces.reduce((length, piece) => length + piece.byteLength, 0))
  let at = 0
  for (const piece of pieces) {
    out.set(piece, at)
    at += piece.byteLength
  }
  return out
}

/** Writes a message; fields that are undefined are left out. */
export function encode<T>(schema: Schema<T>, message: Partial<T>): Uint8Array {
  const writer = new BinaryWriter()
  encodeInto(schema as Schema<never>, message as Message, writer)
  return writer.finish()
}

function encodeInto(schema: Schema<never>, message: Message, writer: BinaryWriter): void {
  for (const [name, field] of Object.entries(schema as Record<string, Field>)) {
    const value = message[name]
    if (value === undefined) continue
    for (const item of field.repeated ? (value as unknown[]) : [value]) encodeValue(field, item, writer)
  }
}

function encodeValue({ id, kind }: Field, value: unknown, writer: BinaryWriter): void {
  switch (kind) {
    case 'string':
      writer.tag(id, WireType.LengthDelimited).string(value as string)
      return
    case 'bytes':
      writer.tag(id, WireType.LengthDelimited).bytes(value as Uint8Array)
      return
    case 'int':
      writer.tag(id, WireType.Varint).int64(clampedInt64(value as number))
      return
    case 'float':
      writer.tag(id, WireType.Bit32).float(value as number)
      return
    case 'double':
      writer.tag(id, WireType.Bit64).double(value as number)
      return
    default:
      writer.tag(id, WireType.LengthDelimited).fork()
      encodeInto(kind(), value as Message, writer)
      writer.join()
  }
}

/** Slices to the end are written as the largest int64, which a double rounds up by one. */
function clampedInt64(value: number): bigint {
  return BigInt.asIntN(64, value >= 2 ** 63 ? 2n ** 63n - 1n : BigInt(value))
}
