import { parentPort, workerData } from 'node:worker_threads'
import { makeMap } from '../app/map/make-map.ts'
import { UserError } from '../user-error.ts'
import type { JobMessage, JobWork } from './job-thread.node.ts'
import type { JobKind } from './jobs.ts'
import { failureOf } from './problem.ts'
import type { Job } from './wire.ts'

/** Does one job, and tells how far it is. A message from outside asks it to stop. */
const { kind, directory } = workerData as JobWork
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

// Until relabel is there.
const kinds: { readonly [K in JobKind]: () => Promise<Job['result']> } = {
  map: async () => {
    await makeMap({ directory, signal: abort.signal, onProgress })
    return null
  },
  relabel: async () => {
    throw new UserError('usage', 'relabel: not there yet')
  },
}

try {
  say({ result: await kinds[kind]() })
} catch (error) {
  say({ failure: failureOf(error) })
}
// A message may still be waited for.
parentPort?.close()
