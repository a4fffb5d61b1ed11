import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Source } from './source.ts'

/** The file of an example, below the path of its source, by how its path is written. */
const FILE_OF: { readonly [K in Source['kind']]: (path: string) => string } = {
  array: () => '',
  table: () => '',
  folder: path => path,
  parquet: path => path.slice(0, path.lastIndexOf('#')),
  webdataset: path => path.slice(0, path.indexOf('#')),
}

/** Files asked for at once. */
const AT_ONCE = 64

/**
 * What tells examples from others, and from themselves after a change, without reading them: SHA-256, in hex, of
 * their paths in order, with size and modification time of the files that they stand in.
 */
export async function identify(source: Source, paths: readonly string[] | null): Promise<string> {
  const examples = paths ?? ['']
  const files = [...new Set(examples.map(FILE_OF[source.kind]))]
  const hash = createHash('sha256').update(JSON.stringify(source))
  for (let start = 0; start < files.length; start += AT_ONCE) {
    const some = files.slice(start, start + AT_ONCE)
    for (const line of await Promise.all(some.map(file => describeFile(source.path, file)))) hash.update(line)
  }
  for (const path of examples) hash.update(`${JSON.stringify(path)}\n`)
  return hash.digest('hex')
}

/** One that is gone is for the reading to complain about. */
async function describeFile(root: string, file: string): Promise<string> {
  const status = await stat(join(root, file), { bigint: true }).catch(() => null)
  return `${JSON.stringify(file)} ${status?.size} ${status?.mtimeNs}\n`
}
