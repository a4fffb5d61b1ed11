import { basename, dirname, resolve } from 'node:path'
import type { PictureFile } from '../formats/picture.ts'
import type { TarMember } from '../formats/tar.ts'
import { UserError } from '../user-error.ts'
import { inside, type Locate } from './inside.node.ts'
import { type Labels, readLabels } from './labels.ts'
import type { PictureDataset } from './picture-dataset.ts'
import { openShard, type Shard } from './shards.node.ts'
import { labelOf, samplesOf } from './webdataset.ts'

/**
 * Reads pictures and labels from tar archives in the layout of WebDataset. Headers and labels are read once; a
 * picture is read by its position when it is needed. Errors: UserError on archives that are damaged, and on
 * samples without a picture.
 */
export async function readWebDataset(name: string, files: readonly string[]): Promise<PictureDataset> {
  const paths: string[] = []
  const keys: string[] = []
  const labels: (string | number | null)[] = []
  for (const file of files) {
    const shard = await openShard(file)
    for (const sample of samplesOf(file, shard.members)) {
      paths.push(`${basename(file)}#${sample.picture.name}`)
      keys.push(sample.key)
      labels.push(await labelOf(file, sample, member => readSmall(file, shard, member)))
    }
  }
  if (paths.length === 0) throw new UserError('shape', `${name}: no files in it, expected pictures`)
  const root = resolve(dirname(files[0]))
  return {
    kind: 'pictures',
    name,
    count: paths.length,
    ...labelsOf(name, labels, paths),
    // Where two archives count from 0, a key alone is no name.
    ids: new Set(keys).size === keys.length ? keys : paths,
    source: { kind: 'webdataset', path: root },
    paths,
    file: shardReader(root, paths),
  }
}

/** Labels are small; what is larger is none. */
const MAX_LABEL_BYTES = 2 ** 20

async function readSmall(file: string, shard: Shard, member: TarMember): Promise<string> {
  if (member.size <= MAX_LABEL_BYTES) return new TextDecoder().decode(await shard.read(member))
  throw new UserError(
    'format',
    `${file}: ${member.name}: ${member.size} bytes, expected a label of at most ${MAX_LABEL_BYTES}`,
  )
}

/** Numbers are indices; of names and numbers together, all are names. */
function labelsOf(
  name: string,
  found: readonly (string | number | null)[],
  paths: readonly string[],
): Labels {
  const gap = found.indexOf(null)
  if (gap >= 0 && found.some(label => label !== null)) {
    throw new UserError(
      'value',
      `${name}: no label at ${paths[gap]}, expected one for each picture or for none`,
    )
  }
  const isNamed = found.some(label => typeof label === 'string')
  return readLabels(name, isNamed ? found.map(String) : found, { place: row => paths[row] })
}

/** A packed archive of photographs takes hundreds of megabytes. */
const KEPT_SHARDS = 2

/** Reads the picture at `paths[row]`, `train-000.tar#0007.jpg` below root; keeps the archives last read. */
export function shardReader(
  root: string,
  paths: readonly string[],
  locate: Locate = inside,
): (row: number) => Promise<PictureFile> {
  const shards = new Map<string, Promise<{ shard: Shard; byName: ReadonlyMap<string, TarMember> }>>()
  const open = (file: string) => {
    const opening = shards.get(file) ?? openNamed(root, file, locate)
    shards.delete(file)
    shards.set(file, opening)
    for (const oldest of [...shards.keys()].slice(0, -KEPT_SHARDS)) shards.delete(oldest)
    return opening
  }
  return async row => {
    const [, file, member] = /^([^/\\]+?\.(?:tar|tar\.gz|tgz))#(.+)$/is.exec(paths[row] ?? '') ?? []
    if (file === undefined) {
      throw new UserError('format', `${paths[row]}: expected a file of an archive in ${root}`)
    }
    const { shard, byName } = await open(file)
    const found = byName.get(member)
    const name = `${inside(root, file)}#${member}`
    if (!found) throw new UserError('not-found', `${name}: no such file in the archive`)
    return { name, content: await shard.read(found) }
  }
}

async function openNamed(root: string, file: string, locate: Locate) {
  const shard = await openShard(await locate(root, file))
  return { shard, byName: new Map(shard.members.map(member => [member.name, member])) }
}
