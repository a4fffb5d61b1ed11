/** A number, a boolean or a struct by field number, as Thrift's compact protocol writes them. */
export type Field = number | boolean | Fields
export interface Fields {
  readonly [field: number]: Field
}

export function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value % 0x80) + 0x80, ...varint(Math.floor(value / 0x80))]
}

/** The bytes of a struct; fields in the order of their numbers, at most 15 apart. */
export function struct(fields: Fields): number[] {
  let last = 0
  const bytes = Object.entries(fields).flatMap(([key, value]) => {
    const delta = Number(key) - last
    last = Number(key)
    if (typeof value === 'boolean') return [(delta << 4) | (value ? 1 : 2)]
    if (typeof value === 'number')
      return [(delta << 4) | 5, ...varint(value < 0 ? -2 * value - 1 : 2 * value)]
    return [(delta << 4) | 12, ...struct(value)]
  })
  return [...bytes, 0]
}
