// How long `representer explain` takes from the start of its process to the first byte of the answer.

import { spawn } from 'node:child_process'

import { fitExplainer } from '../frame/cifar10.js'
import { MAIN } from '../frame/command.js'
import { row } from '../frame/row.js'
import { inTurn, median, quantile } from '../frame/timing.js'
import { seconds } from '../frame/units.js'

const ROUNDS = 21
/** Seconds at the median. */
const MOST = 0.3

export async function measure(setting) {
  const explainer = await fitExplainer(setting.directory, setting)
  const start = [MAIN, 'explain', explainer, 'test/7']
  await secondsToAnswer(start)
  const { ours, bare } = await inTurn(ROUNDS, {
    ours: () => secondsToAnswer(start),
    bare: () => secondsToAnswer(['-e', 'process.stdout.write("0")']),
  })
  const value = median(ours)
  return row({
    what: 'representer explain, start to first byte',
    unit: 'seconds',
    ours: value,
    peer: { name: 'node -e', value: median(bare) },
    ratio: null,
    checks: [{ what: `${seconds(value)}, under ${seconds(MOST)}`, reached: value < MOST }],
    notes: [`${seconds(quantile(ours, 0.9))} at the 90th percentile of ${ROUNDS} runs`],
  })
}

function secondsToAnswer(args) {
  const start = performance.now()
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let answered = null
  child.stdout.on('data', () => {
    answered ??= (performance.now() - start) / 1000
  })
  return new Promise((resolve, reject) => {
    child.on('close', code => {
      if (code === 0 && answered !== null) resolve(answered)
      else reject(new Error(`representer explain ended with exit code ${code}`))
    })
  })
}
