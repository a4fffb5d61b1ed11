import { readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'

/*
 * What stands in an explainer's directory beside the files of its manifest.
 */

/** Decisions of people: kept, whatever becomes of the explainer. */
const REVIEW = 'review'

/** Where an explainer's decisions are. */
export const reviewLogOf = (directory: string): string => join(directory, REVIEW, 'decisions.jsonl')

/** Folders of what was computed of the explainer and can be computed again, and the files in them. */
const COMPUTED: Readonly<Record<string, string>> = { map: 'points', suspicions: '[a-z-]+' }

/** Whether a folder holds a computed file by this name, whole, or what a killed run left of one. */
function isComputed(folder: string, name: string): boolean {
  const file = Object.hasOwn(COMPUTED, folder) ? `${COMPUTED[folder]}\\.parquet` : null
  return file !== null && new RegExp(`^(${file}|\\.${file}\\.[0-9a-f]+\\.partial)$`).test(name)
}

/** Whether a file of an explainer, by its path in there, is a person's decision or what can be computed again. */
export function isBeside(file: string): boolean {
  const [folder, ...rest] = file.split('/')
  return rest.length > 0 && (folder === REVIEW || isComputed(folder, rest.join('/')))
}

/** Files of an explainer that can be computed again, by their paths in there. */
export async function computedFiles(directory: string): Promise<string[]> {
  const found: string[] = []
  for (const folder of Object.keys(COMPUTED)) {
    const files = await entriesOf(join(directory, folder))
    found.push(...files.filter(file => isComputed(folder, file)).map(file => `${folder}/${file}`))
  }
  return found
}

/** Moves the decisions of one explainer to another; nothing where there are none. */
export async function moveReview(from: string, to: string): Promise<void> {
  const entries = await entriesOf(from)
  if (entries.includes(REVIEW)) await rename(join(from, REVIEW), join(to, REVIEW))
}

/** Nothing only where there is no such directory: what cannot be seen must not be taken for gone. */
async function entriesOf(directory: string): Promise<string[]> {
  try {
    return await readdir(directory)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw cause
  }
}
