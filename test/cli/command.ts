import { spawn } from 'node:child_process'
import { join } from 'node:path'

/** The command as it was built last. */
export const MAIN = join(import.meta.dirname, '../../dist/command/main.node.js')

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

interface Watched {
  readonly env?: Record<string, string>
  readonly cwd?: string
  /** Sees stderr as it grows. */
  readonly whileRunning?: (stderr: string, pid: number) => void
}

/** Runs the built command as a user's shell would. */
export const run = (args: readonly string[], watched?: Watched) => spawned([MAIN, ...args], watched)

export function spawned(
  args: readonly string[],
  { env = {}, cwd, whileRunning }: Watched = {},
): Promise<Finished> {
  return new Promise(resolve => {
    const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, cwd })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', text => {
      stdout += text
    })
    child.stderr.on('data', text => {
      stderr += text
      whileRunning?.(stderr, child.pid ?? 0)
    })
    child.on('close', code => resolve({ code, stdout, stderr }))
  })
}
