import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeNpy } from '../../formats/npy.ts'
import { writeFolder } from '../../store/write-folder.node.ts'
import type { Maps } from './parts.ts'

/** What a folder of maps is made of; one with anything else in it is not replaced. */
const OWN = /^(map|given-map|rest|part-\d{2,})\.npy$/

/** The file of the map of example k of the list. */
export const partFile = (k: number): string => `part-${String(k).padStart(2, '0')}.npy`

/**
 * Writes maps in the shape of the input, whole or not at all. Errors: UserError where something else stands there, or
 * maps without `force`.
 */
export function writeMaps(
  out: string,
  { whole, rest, parts, given }: Maps,
  shape: readonly number[],
  force: boolean,
): Promise<void> {
  const files = [
    ['map.npy', whole],
    ...(given ? [['given-map.npy', given] as const] : []),
    ...parts.map((part, k) => [partFile(k), part] as const),
    ['rest.npy', rest],
  ] as const
  return writeFolder(out, { what: 'folder of maps', isOwn: path => OWN.test(path), force }, async folder => {
    for (const [file, data] of files) {
      await writeFile(join(folder, file), encodeNpy({ dtype: 'float32', shape, data: data.slice() }))
    }
  })
}
