// A thread that copies memory whenever it is told to, and says at how many bytes a second, read and written.

import { parentPort, workerData } from 'node:worker_threads'

const COPIES = 4

const from = new Float64Array(workerData.length / 8).fill(1)
const to = from.slice()

parentPort.on('message', () => {
  const start = performance.now()
  for (let k = 0; k < COPIES; k++) to.set(from)
  const seconds = (performance.now() - start) / 1000
  parentPort.postMessage((2 * COPIES * from.byteLength) / seconds)
})
