import { open, readdir, readFile, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { UserError } from '../user-error.ts'

/**
 * Who works in a folder: an empty file whose name tells a process from every other, `lock.PID.START@HOST`.
 *
 * Each puts its own name down before it looks for others and gives way to any that lives, so of two at most
 * one goes on, and no file is ever taken for half-written. Names of processes that ended are swept away.
 */
export const LOCK = /^lock\.(?<pid>\d{1,10})\.(?<start>\d+)@(?<host>.+)$/

/**
 * Takes the lock of a folder, and answers how to give it back. Errors: UserError `exists` where another
 * process has it; ENOENT where the folder is gone.
 *
 * @param name what messages call the place that is written
 * @param writer what they call whoever writes it
 */
export async function takeLock(folder: string, name: string, writer = 'fit'): Promise<() => Promise<void>> {
  const own = `lock.${process.pid}.${(await startOf(process.pid)) ?? 0}@${encodeURIComponent(hostname())}`
  const release = () => rm(join(folder, own), { force: true })
  try {
    await (await open(join(folder, own), 'wx')).close()
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') throw held(folder, name, writer, own)
    throw cause
  }
  for (const other of await readdir(folder)) {
    if (other === own || !LOCK.test(other)) continue
    if (await isHeld(other)) {
      await release()
      throw held(folder, name, writer, other)
    }
    await rm(join(folder, other), { force: true })
  }
  return release
}

function held(folder: string, name: string, writer: string, lock: string): UserError {
  const { pid, host } = partsOf(lock)
  const where = host === encodeURIComponent(hostname()) ? '' : ` on ${host}`
  return new UserError(
    'exists',
    `${name}: process ${pid}${where} writes it, wait until it ends or choose another --out; if it is no ${writer}, ` +
      `remove ${join(folder, lock)}`,
  )
}

/** Whether the process still runs; one on another machine is taken to. */
async function isHeld(lock: string): Promise<boolean> {
  const { pid, start, host } = partsOf(lock)
  if (host !== encodeURIComponent(hostname())) return true
  if (!isThere(Number(pid))) return false
  const found = await startOf(Number(pid))
  return found === null || found === start
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * When a process started, in the system's own count, so that a later one of the same number is not taken for
 * it; null where the system does not say. One that ended and was not yet waited for has no start.
 */
async function startOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  if (stat === null) return null
  // The name of the command, in brackets, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' ? '' : fields[19]
}

const partsOf = (lock: string): Record<string, string> => LOCK.exec(lock)?.groups ?? {}
