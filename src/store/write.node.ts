import { createHash, type Hash, randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, rename, rm, rmdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { UserError } from '../user-error.ts'
import { type Destination, findDestination, removeExplainer } from './destination.node.ts'
import { MANIFEST, type Manifest } from './manifest.ts'
import { reason } from './system-error.ts'

/**
 * Writes an explainer beside its final name and renames it there when it is whole, so that under the final
 * name there is an explainer, the one before, or nothing, whenever the writing is interrupted.
 */
export class ExplainerWriter {
  readonly #name: string
  readonly #force: boolean
  readonly #staging: string
  readonly #files: Manifest['files'] = {}

  private constructor(name: string, force: boolean, path: string) {
    this.#name = name
    this.#force = force
    this.#staging = hiddenBeside(path)
  }

  /** Errors: as `findDestination`; `io` where nothing can be written beside the directory. */
  static async create(directory: string, force: boolean): Promise<ExplainerWriter> {
    const { path } = await findDestination(directory, force)
    const writer = new ExplainerWriter(directory, force, path)
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
    const { path, holds } = await findDestination(this.#name, this.#force)
    await this.#translated(() => (holds === 'explainer' ? this.#replace(path) : this.#place(path, holds)))
    return whole
  }

  /** Removes what was written; for when it will not be finished. */
  async abort(): Promise<void> {
    await rm(this.#staging, { recursive: true, force: true }).catch(() => undefined)
  }

  async #place(path: string, holds: Destination['holds']): Promise<void> {
    // An empty directory gives way; one that is no longer empty does not.
    if (holds === 'empty directory') await rmdir(path)
    await rename(this.#staging, path)
    await syncDirectory(dirname(path))
  }

  async #replace(path: string): Promise<void> {
    const before = `${this.#staging}.before`
    await rename(path, before)
    try {
      await rename(this.#staging, path)
    } catch (error) {
      await rename(before, path)
      throw error
    }
    await syncDirectory(dirname(path))
    // The new explainer stands; what cannot be removed of the old one is no reason to call it failed.
    await removeExplainer(before).catch(() => undefined)
  }

  async #translated<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action()
    } catch (cause) {
      throw new UserError('io', `${this.#name}: ${reason(cause)}`, { cause })
    }
  }
}

/** A name for what is not whole yet, in the same folder so that it can be renamed. */
function hiddenBeside(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.partial`)
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

/** What a file will hold: all of it, or parts that are made while it is written. */
export type Content = Uint8Array | string | AsyncIterable<Uint8Array | string>

/**
 * Writes one file whole or not at all, in place of the one before unless told not to `replace` it. Devices
 * and pipes are written to as they are. Errors: UserError `io`, `not-found`, `exists`; what making the parts
 * throws passes through.
 */
export async function writeFileWhole(
  path: string,
  content: Content,
  { replace = true }: { replace?: boolean } = {},
): Promise<void> {
  const isSpecial = await expectFile(path, replace)
  const staging = isSpecial ? path : hiddenBeside(path)
  const translated = async <T>(action: () => Promise<T>): Promise<T> => {
    try {
      return await action()
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
        throw new UserError('not-found', `${path}: no directory ${dirname(path)}, make it first`, { cause })
      }
      throw new UserError('io', `${path}: ${reason(cause)}`, { cause })
    }
  }
  try {
    const handle = await translated(() => open(staging, isSpecial ? 'w' : 'wx'))
    try {
      for await (const part of isWhole(content) ? [content] : content) {
        await translated(() => handle.writeFile(part))
      }
      if (!isSpecial) await translated(() => handle.sync())
    } finally {
      await translated(() => handle.close())
    }
    if (isSpecial) return
    // Something may have been put there while this was written.
    await expectFile(path, replace)
    await translated(() => rename(staging, path))
  } catch (error) {
    if (!isSpecial) await rm(staging, { force: true }).catch(() => undefined)
    throw error
  }
}

function isWhole(content: Content): content is Uint8Array | string {
  return typeof content === 'string' || content instanceof Uint8Array
}

/** Whether a device or pipe stands there. Errors: UserError where something does that must not be replaced. */
async function expectFile(path: string, replace: boolean): Promise<boolean> {
  const status = await stat(path).catch(() => null)
  if (status?.isDirectory()) throw new UserError('exists', `${path}: a directory, expected a file to write`)
  if (status?.isFile() && !replace) {
    throw new UserError('exists', `${path}: a file already, add --force to replace it or choose another name`)
  }
  return status !== null && !status.isFile()
}
