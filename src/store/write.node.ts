import { createHash, type Hash, randomBytes } from 'node:crypto'
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { UserError } from '../user-error.ts'
import { type Manifest, parseManifest } from './manifest.ts'

/** The file that makes a directory an explainer; written last. */
export const MANIFEST = 'explainer.json'

/**
 * Writes an explainer beside its final name and renames it there when it is whole, so that under the final
 * name there is an explainer, the one before, or nothing, whenever the writing is interrupted.
 */
export class ExplainerWriter {
  readonly #final: string
  readonly #staging: string
  readonly #name: string
  readonly #force: boolean
  readonly #files: Manifest['files'] = {}

  private constructor(name: string, force: boolean) {
    this.#name = name
    this.#force = force
    this.#final = resolve(name)
    const mark = randomBytes(4).toString('hex')
    this.#staging = join(dirname(this.#final), `.${basename(this.#final)}.${mark}.partial`)
  }

  /** Errors: as `checkDestination`; `io` where the directory cannot be made. */
  static async create(directory: string, force: boolean): Promise<ExplainerWriter> {
    await checkDestination(directory, force)
    const writer = new ExplainerWriter(directory, force)
    await writer.#translated(() => mkdir(writer.#staging, { recursive: true }))
    return writer
  }

  /** Writes one file from its parts, and remembers its size and checksum. */
  async write(path: string, ...parts: readonly Uint8Array[]): Promise<void> {
    await this.#translated(async () => {
      const hash = createHash('sha256')
      await mkdir(dirname(join(this.#staging, path)), { recursive: true })
      const handle = await open(join(this.#staging, path), 'wx')
      try {
        let bytes = 0
        for (const part of parts) bytes += await writeHashed(handle, part, hash)
        await handle.sync()
        this.#files[path] = { bytes, sha256: hash.digest('hex') }
      } finally {
        await handle.close()
      }
    })
  }

  /** Writes the manifest and puts the directory under its final name, in place of an explainer before it. */
  async finish(manifest: Omit<Manifest, 'files'>): Promise<Manifest> {
    const whole: Manifest = { ...manifest, files: { ...this.#files } }
    await this.write(MANIFEST, new TextEncoder().encode(`${JSON.stringify(whole, null, 2)}\n`))
    // Something may have been put there while this was written.
    await checkDestination(this.#name, this.#force)
    await this.#translated(async () => {
      const before = `${this.#staging}.before`
      const hadOne = await isThere(this.#final)
      if (hadOne) await rename(this.#final, before)
      try {
        await rename(this.#staging, this.#final)
      } catch (error) {
        if (hadOne) await rename(before, this.#final)
        throw error
      }
      await syncDirectory(dirname(this.#final))
      // The new explainer stands; what cannot be removed of the old one is no reason to call it failed.
      if (hadOne) await rm(before, { recursive: true, force: true }).catch(() => undefined)
    })
    return whole
  }

  /** Removes what was written; for when it will not be finished. */
  async abort(): Promise<void> {
    await rm(this.#staging, { recursive: true, force: true }).catch(() => undefined)
  }

  async #translated<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action()
    } catch (cause) {
      throw new UserError('io', `${this.#name}: ${reason(cause)}`, { cause })
    }
  }
}

/**
 * Refuses to write where something stands that would be lost: anything without `force`; with it, anything
 * but an explainer whose every file is one that `fit` wrote.
 */
export async function checkDestination(directory: string, force: boolean): Promise<void> {
  const status = await stat(directory).catch(() => null)
  if (status === null) return
  if (!status.isDirectory()) {
    throw new UserError('exists', `${directory}: a file, expected a directory to write, choose another --out`)
  }
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  if (entries.length === 0) return
  const files = entries
    .filter(entry => !entry.isDirectory())
    .map(entry => relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/'))
  if (!files.includes(MANIFEST)) {
    throw new UserError(
      'exists',
      `${directory}: a directory with other files in it, expected a new one, choose another --out`,
    )
  }
  if (!force) {
    throw new UserError(
      'exists',
      `${directory}: an explainer already, add --force to replace it or choose another --out`,
    )
  }
  const own = new Set([MANIFEST, ...(await filesOf(directory))])
  const foreign = files.find(file => !own.has(file))
  if (foreign !== undefined) {
    throw new UserError(
      'exists',
      `${directory}: ${foreign} was not written by fit, move it away before --force replaces it`,
    )
  }
}

async function filesOf(directory: string): Promise<string[]> {
  const path = join(directory, MANIFEST)
  return Object.keys(parseManifest(await readFile(path, 'utf8'), path).files)
}

/** Makes a rename last through a loss of power, where the system lets directories be synced. */
async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path).catch(() => null)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}

export async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null
}

const CHUNK = 2 ** 26

async function writeHashed(handle: FileHandle, part: Uint8Array, hash: Hash): Promise<number> {
  for (let at = 0; at < part.byteLength; ) {
    const chunk = part.subarray(at, at + CHUNK)
    const { bytesWritten } = await handle.write(chunk)
    hash.update(chunk.subarray(0, bytesWritten))
    at += bytesWritten
  }
  return part.byteLength
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on the disk, free some or choose another place; nothing was left behind',
  EDQUOT: 'the disk quota is used up, free some or choose another place; nothing was left behind',
  EACCES: 'may not be written, check the permissions',
  EPERM: 'may not be written, check the permissions',
  EROFS: 'on a read-only disk, choose another place',
  ENOTDIR: 'below a file, expected directories, check the path',
  ENAMETOOLONG: 'too long a name, choose a shorter one',
}

/** What the operating system refused, in words; its own where we have none. */
function reason(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException
  return REASONS[code ?? ''] ?? `cannot be written (${code ?? message})`
}

/**
 * Writes one file whole or not at all, replacing the one before. Devices and pipes are written to as they are.
 * Errors: UserError `io`, `not-found`, `exists`.
 */
export async function writeFileWhole(path: string, content: Uint8Array | string): Promise<void> {
  const status = await stat(path).catch(() => null)
  if (status?.isDirectory()) throw new UserError('exists', `${path}: a directory, expected a file to write`)
  const isSpecial = status !== null && !status.isFile()
  const staging = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.partial`)
  try {
    if (isSpecial) return await writeFile(path, content)
    const handle = await open(staging, 'wx')
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(staging, path)
  } catch (cause) {
    await rm(staging, { force: true }).catch(() => undefined)
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new UserError('not-found', `${path}: no directory ${dirname(path)}, make it first`, { cause })
    }
    throw new UserError('io', `${path}: ${reason(cause)}`, { cause })
  }
}
