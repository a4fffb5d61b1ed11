/**
 * A file, or anything else that can be read in parts. Readers ask for no more than this, so a test can
 * count what is read and a browser can pass a `Blob`.
 */
export interface Bytes {
  /** What messages call it: usually the path as the user gave it. */
  readonly name: string
  readonly byteLength: number
  /** The bytes from `start` up to but not including `end`, both within the file. */
  slice(start: number, end: number): Promise<Uint8Array>
}

/** A file that is in memory already. */
export function bytesOf(content: Uint8Array, name: string): Bytes {
  return {
    name,
    byteLength: content.byteLength,
    slice: async (start, end) => content.subarray(start, end),
  }
}
