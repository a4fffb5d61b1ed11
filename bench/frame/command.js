import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const MAIN = fileURLToPath(new URL('../../dist/command/main.node.js', import.meta.url))
const TELL_PEAK = new URL('./tell-peak.js', import.meta.url).href

/**
 * Runs `representer` with these arguments to its end: seconds it took and the most memory that it had resident, in
 * bytes. Throws with what it says where it fails.
 *
 * @param directory where it may leave a note
 * @returns {Promise<{ seconds: number, peakBytes: number }>}
 */
export function runCommand(args, directory) {
  const note = join(directory, 'peak')
  const start = performance.now()
  const child = spawn(process.execPath, ['--import', TELL_PEAK, MAIN, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, REPRESENTER_BENCH_PEAK: note },
  })
  let errors = ''
  child.stderr.on('data', text => {
    errors += text
  })
  return new Promise((resolve, reject) => {
    child.on('close', code => {
      const seconds = (performance.now() - start) / 1000
      if (code === 0) resolve({ seconds, peakBytes: Number(readFileSync(note, 'utf8')) })
      else reject(new Error(`representer ${args[0]}: ${sentenceOf(errors)}`))
    })
  })
}

/** The last line of stderr that is not in brackets, which only advise. */
function sentenceOf(errors) {
  return errors
    .trim()
    .split('\n')
    .findLast(line => !line.startsWith('('))
}
