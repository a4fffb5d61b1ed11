import { parentPort, workerData } from 'node:worker_threads'
import { makeMap } from '../app/map/make-map.ts'
import { correctedName } from '../app/relabel/corrected-name.node.ts'
import { relabel } from '../app/relabel/relabel.ts'
import { progressOf } from './fit-progress.ts'
import type { JobMessage, JobWork } from './job-thread.node.ts'
import type { JobKind } from './jobs.ts'
import { failureOf } from './problem.ts'
import type { Job } from './wire.ts'

/** Does one job, and tells how far it is. A message from outside asks it to stop. */
const { kind, directory, memory } = workerData as JobWork
const abort = new AbortController()
parentPort?.once('message', () => abort.abort())
const say = (message: JobMessage) => parentPort?.postMessage(message)

/** Milliseconds between two reports of the same phase. */
const REPORT_EVERY = 100
let last = { phase: '', at: 0 }

function onProgress(progress: Job['progress']): void {
  const now = performance.now()
  if (progress.phase === last.phase && now - last.at < REPORT_EVERY) return
  last = { phase: progress.phase, at: now }
  say({ progress })
}

const kinds: { readonly [K in JobKind]: () => Promise<Job['result']> } = {
  map: async () => {
    await makeMap({ directory, signal: abort.signal, onProgress })
    return null
  },
  relabel: async () =>
    relabel({
      directory,
      ...(await correctedName(directory)),
      ...(memory !== undefined && { memory }),
      signal: abort.signal,
      onProgress: step => {
        const progress = progressOf(step)
        if (progress) onProgress(progress)
      },
    }),
}

try {
  say({ result: await kinds[kind]() })
} catch (error) {
  say({ failure: failureOf(error) })
}
// A message may still be waited for.
parentPort?.close()
