/** Frames of ordinary files: baseline, extended and progressive, of Huffman codes. */
const FRAMES: ReadonlySet<number> = new Set([0xc0, 0xc1, 0xc2])

/** What may stand before the frame: tables, the restart interval, applications' own, comments. */
const isPassedOver = (marker: number): boolean =>
  [0xc4, 0xdb, 0xdd, 0xfe].includes(marker) || (marker >= 0xe0 && marker <= 0xef)

/**
 * How many components the pixels of a JPEG file have, 1 for grey and 3 for colour: read from its header, which
 * takes microseconds. null for what is no JPEG, ends too soon, or holds anything out of the ordinary.
 */
export function jpegComponents(bytes: Uint8Array): number | null {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null
  for (let at = 2; at + 9 < bytes.length; ) {
    const marker = bytes[at + 1]
    if (bytes[at] !== 0xff) return null
    // FF, marker, length (2), precision (1), height (2), width (2), components (1)
    if (FRAMES.has(marker)) return bytes[at + 4] === 8 ? bytes[at + 9] : null
    if (!isPassedOver(marker)) return null
    at += 2 + ((bytes[at + 2] << 8) | bytes[at + 3])
  }
  return null
}
