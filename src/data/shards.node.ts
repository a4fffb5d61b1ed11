import { basename, dirname, join } from 'node:path'
import { openFile, readFileBytes } from '../formats/files.node.ts'
import { gunzip } from '../formats/gzip.ts'
import { readTar, type TarMember } from '../formats/tar.ts'
import { UserError } from '../user-error.ts'

/** What archives of examples are called. */
export const SHARD = /\.(tar|tar\.gz|tgz)$/i

/** A range of numbers in a name: `train-{000000..000146}.tar`. */
const RANGE = /\{(\d{1,9})\.\.(\d{1,9})\}/
const MAX_SHARDS = 100_000

/** A packed archive is held in memory; one of more bytes is better unpacked once. */
const MAX_UNPACKED = 2 ** 30

/** The files that a name with a range stands for, else the name. Errors: UserError `usage` on a range of none. */
export function expandRange(path: string): string[] {
  const [range, first, last] = RANGE.exec(basename(path)) ?? []
  if (range === undefined) return [path]
  const [from, to] = [Number(first), Number(last)]
  if (to < from || to - from >= MAX_SHARDS) {
    throw new UserError(
      'usage',
      `${path}: ${range}, expected a range upwards, of at most ${MAX_SHARDS} files`,
    )
  }
  return Array.from({ length: to - from + 1 }, (_, k) => {
    const number = String(from + k).padStart(first.length, '0')
    return join(dirname(path), basename(path).replace(range, number))
  })
}

/** A tar archive of which single files can be read. */
export interface Shard {
  readonly members: readonly TarMember[]
  read(member: TarMember): Promise<Uint8Array>
}

/**
 * Opens an archive, a packed one wholly in memory. Errors: UserError on one that is damaged, or that unpacks to
 * more than 1 GiB.
 */
export async function openShard(path: string): Promise<Shard> {
  const packed = await readFileBytes(path)
  const bytes = await gunzip(packed, { limit: MAX_UNPACKED })
  return {
    members: await (bytes === packed ? listOpen(path) : readTar(bytes)),
    read: ({ offset, size }) => bytes.slice(offset, offset + size),
  }
}

/** A list takes one short read for each member, so the file is opened once for all. */
async function listOpen(path: string): Promise<TarMember[]> {
  const file = await openFile(path)
  try {
    return await readTar(file)
  } finally {
    await file.close()
  }
}
