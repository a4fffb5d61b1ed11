import { mkdtemp, rmdir } from 'node:fs/promises'
import { availableParallelism, totalmem } from 'node:os'
import { join } from 'node:path'
import { onnxRuntimeVersion } from '../../runtime/onnxruntime.node.ts'
import { reason } from '../../store/system-error.ts'
import { VERSION } from '../../version.ts'

/** The versions of what does the work; null for a package that cannot be loaded. */
export interface Versions {
  readonly representer: string
  readonly node: string
  readonly onnxruntime: string | null
  readonly sharp: string | null
}

export interface Machine {
  /** Such as `linux x64` */
  readonly platform: string
  /** That this process may use */
  readonly cores: number
  /** Bytes that this process may use, at most */
  readonly memory: number
}

export async function readVersions(): Promise<Versions> {
  const [onnxruntime, sharp] = await Promise.all([
    onnxRuntimeVersion().catch(() => null),
    import('sharp').then(
      ({ default: { versions } }) => versions.sharp ?? null,
      () => null,
    ),
  ])
  return { representer: VERSION, node: process.versions.node, onnxruntime, sharp }
}

export function readMachine(): Machine {
  // 0 where nothing holds the process to less than there is.
  const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY
  return {
    platform: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
    memory: Math.min(totalmem(), limit),
  }
}

/** Answers the working directory where a directory can be made in it, else throws why not. */
export async function writableDirectory(): Promise<string> {
  const directory = process.cwd()
  try {
    await rmdir(await mkdtemp(join(directory, '.representer-')))
  } catch (cause) {
    throw new Error(`${directory}: ${reason(cause)}`, { cause })
  }
  return directory
}
