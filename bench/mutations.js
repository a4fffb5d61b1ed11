// What readers do with damaged files: each has to be read, or refused with a sentence for people. Anything else
// (a crash, half a minute without an answer, memory out of proportion) is listed with its seed, and the exit
// code is 1.
//
//   npm run build && node bench/mutations.js [COUNT] [READER]
//
// Each reader runs in a process of its own, which one file after another is given to.

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { UserError } from '../dist/user-error.js'
import { mutated } from './mutate.js'
import { READERS } from './readers.js'

const PATIENCE_MS = 30_000
/** The files are of kilobytes; an empty process takes about a hundred. */
const MOST_MEBIBYTES = 600
const SHOWN_FAILURES = 5
const worker = '--worker'

/** Reads `count` damaged files and reports to the parent: which seed is next, then what came of all. */
async function work(name, count) {
  const { files, read } = READERS[name]
  const whole = await files()
  const contents = whole.map(({ content }) => content)
  const outcome = { refused: 0, answered: 0, slowest: 0, failures: [] }
  for (let seed = 0; seed < count; seed++) {
    if (seed % 50 === 0) process.send({ seed })
    const { file, content } = mutated(contents, seed)
    const start = performance.now()
    try {
      await read(content, whole[file].name)
      outcome.answered++
    } catch (error) {
      if (error instanceof UserError) outcome.refused++
      else outcome.failures.push(`seed ${seed}, ${whole[file].name}: ${error?.stack ?? error}`)
    }
    outcome.slowest = Math.max(outcome.slowest, performance.now() - start)
  }
  // In KiB, on every platform.
  process.send({ ...outcome, mebibytes: process.resourceUsage().maxRSS / 1024 })
}

/** Runs a reader in another process; one that says nothing for too long is ended. */
function run(name, count) {
  return new Promise(resolve => {
    const child = spawn(process.execPath, [fileURLToPath(import.meta.url), worker, name, String(count)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    let last = { seed: 0 }
    let timer
    const patience = () => {
      clearTimeout(timer)
      timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
    }
    patience()
    child.on('message', message => {
      last = message
      patience()
    })
    child.on('exit', (code, signal) => {
      clearTimeout(timer)
      if (last.seed === undefined) return resolve(last)
      const end = signal ?? `exit code ${code}`
      resolve({ failures: [`${end} within 50 files after seed ${last.seed}`] })
    })
  })
}

async function main(count, only) {
  let failed = false
  console.log(`${'reader'.padEnd(16)}   files  refused  answered  slowest ms  peak MiB`)
  for (const name of Object.keys(READERS)) {
    if (only !== undefined && name !== only) continue
    const { refused = 0, answered = 0, slowest = 0, mebibytes = 0, failures } = await run(name, count)
    if (mebibytes > MOST_MEBIBYTES) failures.push(`${mebibytes.toFixed(0)} MiB`)
    const columns = [
      [count, 7],
      [refused, 8],
      [answered, 9],
      [slowest.toFixed(0), 11],
      [mebibytes.toFixed(0), 9],
    ]
    console.log(name.padEnd(16) + columns.map(([value, width]) => String(value).padStart(width)).join(' '))
    for (const failure of failures.slice(0, SHOWN_FAILURES)) console.log(`  ${failure}`)
    if (failures.length > SHOWN_FAILURES) console.log(`  and ${failures.length - SHOWN_FAILURES} more`)
    failed ||= failures.length > 0
  }
  process.exitCode = failed ? 1 : 0
}

const [first, ...rest] = process.argv.slice(2)
if (first === worker) {
  await work(rest[0], Number(rest[1]))
  process.exit()
}
await main(Number(first ?? 10_000), rest[0])
