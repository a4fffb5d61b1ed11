import { writeFile } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { encodeNpy } from '../../formats/npy.ts'
import type { Picture } from '../../formats/picture.ts'
import { encodeSmallPng } from '../../formats/png.node.ts'
import { expectFolder, type FolderKind, writeFolder } from '../../store/write-folder.node.ts'
import { UserError } from '../../user-error.ts'
import { expectPagePlace } from '../show/output-files.ts'
import { groupName, pairName, partName } from './answer.ts'
import type { Sensitivity } from './decompose.ts'
import { enlarged } from './overlay.ts'
import type { Panels } from './panels.ts'

/** What a folder of maps is made of; one with anything else in it is not replaced. */
const OWN = /^(map|given-map|overlap|rest|(part|group|pair)-\d{2,})\.(npy|png)$/

/** Pixels of an overlay's longer edge, at least. */
const OVERLAY_EDGE = 224

const kindOf = (force: boolean): FolderKind => ({
  verb: 'sensitivity',
  what: 'folder of maps',
  isOwn: path => OWN.test(path),
  force,
})

/** Where maps are to be written. */
export interface MapOutputs {
  readonly out: string | undefined
  readonly html: string | undefined
  readonly force: boolean
}

/** Judges all of it before the work. Errors: UserError where something stands there that is not to be replaced. */
export async function expectOutputs({ out, html, force }: MapOutputs): Promise<void> {
  await expectPagePlace(html)
  if (out !== undefined && html !== undefined && resolve(html).startsWith(`${resolve(out)}${sep}`)) {
    throw new UserError('usage', `${html}: in ${out}, which holds nothing but maps, choose another place`)
  }
  if (out !== undefined) await expectFolder(out, kindOf(force))
}

/**
 * Writes maps in the shape of what is differentiated by, and over their picture where there is one, whole or not at
 * all. Errors: UserError where something else stands there, or maps without `force`; what `beside` throws.
 *
 * @param beside what else is written: where that fails, there are no maps either
 */
export function writeMaps<Written>(
  out: string,
  { maps, entries, pairs }: Sensitivity,
  panels: Panels | null,
  shape: readonly number[],
  force: boolean,
  beside: () => Promise<Written>,
): Promise<Written> {
  const { whole, given, parts, overlap, rest } = maps
  const files: [name: string, map: Float32Array, picture: Picture | undefined][] = []
  const add = (name: string, map: Float32Array | null) => {
    if (map) files.push([name, map, panels?.over(map)])
  }
  add('map', whole)
  add('given-map', given)
  for (const [k, part] of parts.entries()) {
    add(k < entries.length ? partName(k) : groupName(k - entries.length), part)
  }
  add('overlap', overlap)
  add('rest', rest)
  for (const [k, { map }] of pairs.entries()) files.push([pairName(k), map, panels?.pairs[k]])
  return writeFolder(out, kindOf(force), async folder => {
    for (const [name, map, picture] of files) {
      await writeFile(join(folder, `${name}.npy`), encodeNpy({ dtype: 'float32', shape, data: map.slice() }))
      if (!picture) continue
      await writeFile(join(folder, `${name}.png`), encodeSmallPng(enlarged(picture, OVERLAY_EDGE)))
    }
    return beside()
  })
}
