// How many explanations a second `representer serve` answers, and how long they take where half, as many and twice as
// many are asked for, whether they are answered or not: what is more than it can answer has to be refused, not kept
// waiting.
//
//   npm run build && node bench/serve.js [DIR] [--seconds 5] [--json FILE]
//
// DIR is an explainer, that of `npm run demo` unless given. The server and whoever asks share the machine: with two
// cores, the server's two threads have what the asking leaves of them.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openExplainer } from '../dist/index.js'
import { MAIN } from './frame/command.js'
import { describeMachine } from './frame/machine.js'
import { quantile } from './frame/timing.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '5' }, json: { type: 'string' } },
})
const [directory = 'representer-demo/explainer'] = positionals
const seconds = Number(values.seconds)
const QUESTIONS = 256
const K = 5
const CONNECTIONS = { closed: 8, open: 256 }

const machine = describeMachine()
const server = spawn(process.execPath, [MAIN, 'serve', directory, '--port', 'auto', '--json'], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
const [line] = await once(createInterface(server.stdout), 'line')
const { port, token } = JSON.parse(line)

const bodies = await questions()
const asked = { port, token, bodies, seconds }
await load({ ...asked, connections: CONNECTIONS.closed, seconds: 2 })
const closed = await load({ ...asked, connections: CONNECTIONS.closed })
const rate = closed.answered / closed.seconds
const open = times => load({ ...asked, connections: CONNECTIONS.open, rate: times * rate })
const half = await open(0.5)
const asMany = await open(1)
const twice = await open(2)
server.kill('SIGTERM')
await once(server, 'close')

const rows = {
  'one after another': closed,
  'half as many': half,
  'as many as it answers': asMany,
  'twice as many': twice,
}
const ms = x => `${(1000 * x).toFixed(1)} ms`
console.log(`${machine.processor ?? ''} ${bodies.length} questions of ${directory}, k = ${K}`)
for (const [name, { answered, refused, failed, latencies, seconds }] of Object.entries(rows)) {
  const all = answered + refused + failed
  console.log(
    `${name.padEnd(22)} ${(all / seconds).toFixed(0).padStart(6)}/s asked ${(answered / seconds).toFixed(0).padStart(6)}/s answered` +
      `  p50 ${ms(quantile(latencies, 0.5))}  p99 ${ms(quantile(latencies, 0.99))}  refused ${((100 * refused) / all).toFixed(1)} %` +
      `${failed > 0 ? `  failed ${failed}` : ''}`,
  )
}
if (values.json) {
  const figures = Object.entries(rows).map(([what, { latencies, ...row }]) => ({
    what,
    ...row,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
  }))
  writeFileSync(values.json, `${JSON.stringify({ machine, figures }, null, 2)}\n`)
}

/** Features of test examples, with the model's own logits, as a service sends them. */
async function questions() {
  const explainer = await openExplainer(directory)
  const bodies = []
  for (let row = 0; row < QUESTIONS; row++) {
    const { features, query } = await explainer.stored('test', row)
    const logits = query.givenLogits && Array.from(query.givenLogits)
    bodies.push(JSON.stringify({ features: Array.from(features), ...(logits && { logits }), k: K }))
  }
  await explainer.close()
  return bodies
}

/** Asks in a process of its own, so that it times nothing of ours. */
async function load(work) {
  const asking = spawn(process.execPath, [fileURLToPath(new URL('./frame/asking.js', import.meta.url))], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  asking.send(work)
  const [answer] = await once(asking, 'message')
  return answer
}
