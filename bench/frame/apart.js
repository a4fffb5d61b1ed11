import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const CHILD = fileURLToPath(new URL('./child.js', import.meta.url))
const PATIENCE_MS = 30 * 60_000

/**
 * Runs `measure(setting)` of a module in a process of its own, with an empty `setting.directory` that is removed
 * afterwards whatever happens, so that nothing of it is in memory or on disk when the next one runs.
 *
 * @returns {Promise<{ answer: any, peakBytes: number } | { error: string, stack?: string }>}
 */
export async function measureApart(module, setting) {
  const directory = mkdtempSync(join(tmpdir(), 'representer-bench-'))
  const remove = () => rmSync(directory, { recursive: true, force: true })
  process.once('exit', remove)
  try {
    return await outcomeOf(fork(CHILD, { serialization: 'json' }), {
      module,
      setting: { ...setting, directory },
    })
  } finally {
    process.removeListener('exit', remove)
    remove()
  }
}

function outcomeOf(child, message) {
  return new Promise(resolve => {
    let outcome
    const timer = setTimeout(() => {
      outcome = { error: `not done after ${PATIENCE_MS / 60_000} minutes` }
      child.kill('SIGKILL')
    }, PATIENCE_MS)
    child.once('message', answer => {
      outcome = answer
    })
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      resolve(outcome ?? { error: `its process ended with ${signal ?? `exit code ${code}`}` })
    })
    child.send(message)
  })
}
