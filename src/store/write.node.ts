import { createHash, randomBytes } from 'node:crypto'
import { access, constants, mkdir, open, rename, rm, rmdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { UserError } from '../user-error.ts'
import { moveReview } from './beside.node.ts'
import { type Destination, findDestination, removeExplainer } from './destination.node.ts'
import { syncDirectory, writeHashed } from './durable.node.ts'
import { MANIFEST, type Manifest } from './manifest.ts'
import { translated } from './system-error.ts'
import { WorkFolder } from './work-folder.node.ts'

/**
 * Writes an explainer beside its final name and renames it there when it is whole, so that under the final
 * name there is an explainer, the one before, or nothing, whenever the writing is interrupted.
 */
export class ExplainerWriter {
  readonly #name: string
  readonly #force: boolean
  readonly #files: Manifest['files'] = {}
  /** Where it is made, and what was extracted for it is kept. */
  readonly work: WorkFolder

  private constructor(name: string, force: boolean, work: WorkFolder) {
    this.#name = name
    this.#force = force
    this.work = work
  }

  /** Errors: as `findDestination` and `WorkFolder.open`. */
  static async create(directory: string, force: boolean): Promise<ExplainerWriter> {
    const { path } = await findDestination(directory, force)
    const writer = new ExplainerWriter(directory, force, await WorkFolder.open(directory, path))
    try {
      // An explainer may have been put there, or back there, until the folder was taken.
      await findDestination(directory, force)
      return writer
    } catch (error) {
      await writer.abort()
      throw error
    }
  }

  /** Writes one file from its parts, and remembers its size and checksum. */
  write(path: string, ...parts: readonly Uint8Array[]): Promise<void> {
    return this.writeParts(path, parts)
  }

  /** As `write`, from parts that are made while it is written; what making them throws passes through. */
  async writeParts(path: string, parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
    await this.#translated(async () => {
      const hash = createHash('sha256')
      const file = this.pathOf(path)
      await mkdir(dirname(file), { recursive: true })
      const handle = await open(file, 'wx')
      try {
        let bytes = 0
        for await (const part of parts) {
          await writeHashed(handle, part, bytes, hash)
          bytes += part.byteLength
        }
        await handle.sync()
        this.#files[path] = { bytes, sha256: hash.digest('hex') }
      } finally {
        await handle.close()
      }
    })
  }

  /** Where a file stands until the explainer is whole, to be read again. */
  pathOf(path: string): string {
    return join(this.work.staging, path)
  }

  /**
   * Writes the manifest and puts the directory under its final name, in place of an explainer before it, whose
   * decisions of people it takes over.
   */
  async finish(manifest: Omit<Manifest, 'files'>): Promise<Manifest> {
    const whole: Manifest = { ...manifest, files: { ...this.#files } }
    await this.write(MANIFEST, new TextEncoder().encode(`${JSON.stringify(whole, null, 2)}\n`))
    // Something may have been put there while this was written.
    const { path, holds } = await findDestination(this.#name, this.#force)
    await this.#translated(() => (holds === 'explainer' ? this.#replace(path) : this.#place(path, holds)))
    // The new explainer stands; what cannot be removed beside it is no reason to call it failed.
    await this.work.close({ keep: false }).catch(() => undefined)
    return whole
  }

  /** Removes what was written, for when it will not be finished; answers where extracted rows are kept, if any. */
  async abort(): Promise<string | null> {
    const stays = await this.work.close({ keep: true }).catch(() => false)
    return stays ? this.work.path : null
  }

  async #place(path: string, holds: Destination['holds']): Promise<void> {
    // An empty directory gives way; one that is no longer empty does not.
    if (holds === 'empty directory') await rmdir(path)
    await rename(this.work.staging, path)
    await syncDirectory(dirname(path))
  }

  async #replace(path: string): Promise<void> {
    const { staging, before } = this.work
    await rename(path, before)
    try {
      // Under the final name, an explainer never stands without the decisions of people about it.
      await moveReview(before, staging)
      await rename(staging, path)
    } catch (error) {
      await moveReview(staging, before)
      await rename(before, path)
      throw error
    }
    await syncDirectory(dirname(path))
    // The new explainer stands; what cannot be removed of the old one is no reason to call it failed.
    await removeExplainer(before).catch(() => undefined)
  }

  #translated<T>(action: () => Promise<T>): Promise<T> {
    return translated(this.#name, action)
  }
}

/** A name for a file that is not whole yet, in the same folder so that it can be renamed. */
function hiddenBeside(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.partial`)
}

export async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null
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
  const attempt = <T>(action: () => Promise<T>): Promise<T> => writing(path, action)
  try {
    const handle = await attempt(() => open(staging, isSpecial ? 'w' : 'wx'))
    try {
      for await (const part of isWhole(content) ? [content] : content) {
        await attempt(() => handle.writeFile(part))
      }
      if (!isSpecial) await attempt(() => handle.sync())
    } finally {
      await attempt(() => handle.close())
    }
    if (isSpecial) return
    // Something may have been put there while this was written.
    await expectFile(path, replace)
    await attempt(() => rename(staging, path))
  } catch (error) {
    if (!isSpecial) await rm(staging, { force: true }).catch(() => undefined)
    throw error
  }
}

/**
 * Writes into an explainer what was computed of it and can be computed again, in place of the one before; outside its
 * manifest. Of folders only the file's own is made: an explainer that is gone meanwhile is not made again. Errors: as
 * `writeFileWhole`.
 */
export async function writeComputed(directory: string, file: string, bytes: Uint8Array): Promise<void> {
  const path = join(directory, file)
  await writing(path, () =>
    mkdir(dirname(path)).catch(error => {
      if (error.code !== 'EEXIST') throw error
    }),
  )
  await writeFileWhole(path, bytes)
}

/** Judges a name before there is anything to write under it. Errors: as `writeFileWhole` has them of what stands there. */
export async function expectFilePlace(path: string): Promise<void> {
  if (await expectFile(path, true)) return
  await writing(path, () => access(dirname(path), constants.W_OK))
}

/** Errors: UserError, also where there is no directory to write a file in. */
function writing<T>(path: string, action: () => Promise<T>): Promise<T> {
  return translated(path, async () => {
    try {
      return await action()
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause
      throw new UserError('not-found', `${path}: no directory ${dirname(path)}, make it first`, { cause })
    }
  })
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
