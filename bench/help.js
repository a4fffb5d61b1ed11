// How long `--help` takes, as a whole process: the time a user waits before the first line.
//
//   npm run build && node bench/help.js

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../dist/command/main.node.js', import.meta.url))
const RUNS = 21

for (const args of [
  ['--help'],
  ['inspect', '--help'],
  ['fit', '--help'],
  ['explain', '--help'],
  ['suspects', '--help'],
]) {
  const milliseconds = Array.from({ length: RUNS + 1 }, () => {
    const start = performance.now()
    spawnSync(process.execPath, [main, ...args])
    return performance.now() - start
  }).slice(1)
  milliseconds.sort((a, b) => a - b)
  const median = milliseconds[(RUNS - 1) / 2].toFixed(0)
  console.log(
    `representer ${args.join(' ')}: median ${median} ms, slowest ${milliseconds.at(-1)?.toFixed(0)} ms of ${RUNS} runs`,
  )
}
