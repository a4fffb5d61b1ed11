import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bytes } from '../formats/bytes.ts'
import { readFileBytes } from '../formats/files.node.ts'
import { UserError } from '../user-error.ts'
import { MANIFEST, type Manifest, parseManifest } from './manifest.ts'

/** An explainer on disk, its version and the sizes of its files checked. */
export class ExplainerReader {
  readonly directory: string
  readonly manifest: Manifest

  private constructor(directory: string, manifest: Manifest) {
    this.directory = directory
    this.manifest = manifest
  }

  /**
   * Opens a directory that `fit` wrote.
   *
   * @param verify also reads every file and compares its checksum
   */
  static async open(directory: string, { verify = false } = {}): Promise<ExplainerReader> {
    const manifest = parseManifest(await readManifest(directory), join(directory, MANIFEST))
    const reader = new ExplainerReader(directory, manifest)
    const paths = Object.keys(manifest.files)
    await Promise.all(paths.map(path => reader.#expectSize(path)))
    if (verify) for (const path of paths) await reader.#verify(path)
    return reader
  }

  has(path: string): boolean {
    return Object.hasOwn(this.manifest.files, path)
  }

  /** A file that the manifest lists. */
  async file(path: string): Promise<Bytes> {
    if (!this.has(path)) {
      throw new UserError(
        'format',
        `${this.directory}: ${path} is missing, expected a whole explainer, run fit again`,
      )
    }
    return readFileBytes(join(this.directory, path))
  }

  async bytes(path: string): Promise<Uint8Array> {
    const file = await this.file(path)
    return file.slice(0, file.byteLength)
  }

  async #expectSize(path: string): Promise<void> {
    const { bytes } = this.manifest.files[path]
    const { name, byteLength } = await this.file(path)
    if (byteLength !== bytes) throw damaged(name, `${byteLength} bytes, expected ${bytes}`)
  }

  async #verify(path: string): Promise<void> {
    const hash = createHash('sha256')
    const file = await this.file(path)
    for (let at = 0; at < file.byteLength; at += CHUNK) {
      hash.update(await file.slice(at, Math.min(at + CHUNK, file.byteLength)))
    }
    if (hash.digest('hex') !== this.manifest.files[path].sha256) {
      throw damaged(file.name, 'its checksum is not the one recorded')
    }
  }
}

const CHUNK = 2 ** 24

function damaged(name: string, found: string): UserError {
  return new UserError('format', `${name}: ${found}, the file was changed or cut off, run fit again`)
}

async function readManifest(directory: string): Promise<string> {
  const path = join(directory, MANIFEST)
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const isThere = await stat(directory).catch(() => null)
    throw new UserError(
      'not-found',
      isThere
        ? `${directory}: no ${MANIFEST} in it, expected a directory that fit wrote, check the path`
        : `${directory}: no such directory, expected one that fit wrote, check the path`,
      { cause },
    )
  }
}
