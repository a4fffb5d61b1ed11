const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0)
  return remainder
})

/** The checksum of zip and gzip; pass that of the bytes before to go on from there. */
export function crc32(content: Uint8Array, before = 0): number {
  let remainder = ~before
  for (let i = 0; i < content.length; i++)
    remainder = (remainder >>> 8) ^ table[(remainder ^ content[i]) & 0xff]
  return ~remainder >>> 0
}
