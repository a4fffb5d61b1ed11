// A process of its own for one claim: runs `measure` of the module that it is sent, and sends back the answer.

import { peakBytes } from './memory.js'

process.once('message', async ({ module, setting }) => {
  const say = text => process.stderr.write(`  ${text}\n`)
  let outcome
  try {
    const { measure } = await import(module)
    outcome = { answer: await measure({ ...setting, say }), peakBytes: peakBytes() }
  } catch (error) {
    outcome = { error: firstLine(error), stack: error?.stack }
  }
  process.send(outcome, () => process.exit())
})

// The bench was stopped.
process.once('disconnect', () => process.exit(1))

function firstLine(error) {
  return String(error?.message ?? error).split('\n')[0]
}
