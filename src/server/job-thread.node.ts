import { Worker } from 'node:worker_threads'
import type { JobKind, RunJob } from './jobs.ts'
import { errorOf, type Failure } from './problem.ts'
import { threadError } from './thread-error.ts'
import type { Job } from './wire.ts'

/** What the thread is started with. */
export interface JobWork {
  readonly kind: JobKind
  readonly directory: string
  /** Of the explainer that is held in memory at most */
  readonly memory?: string
}

export type JobMessage =
  | { readonly progress: Job['progress'] }
  | { readonly result: Job['result'] }
  | { readonly failure: Failure }

/**
 * Milliseconds after which a thread that was asked to stop, and does not hear it, is ended. A layout begins with some
 * seconds of one long computation, and a map is written last, in one file: its thread may end anywhere.
 */
const PATIENCE: { readonly [K in JobKind]: number } = { map: 1_000, relabel: 10_000 }

/**
 * Does each job in a thread of its own.
 *
 * @param program what the thread runs
 */
export function jobThreads(
  work: Omit<JobWork, 'kind'>,
  program: URL = new URL('./job-worker.node.js', import.meta.url),
): RunJob {
  return (kind, { signal, onProgress }) =>
    new Promise((resolve, reject) => {
      const workerData: JobWork = { kind, ...work }
      const worker = new Worker(program, { workerData, execArgv: [] })
      let outcome: () => void = () =>
        reject(new Error(`the thread of the job ${kind} ended before it was done`))
      let late: NodeJS.Timeout | undefined
      const stop = () => {
        worker.postMessage('stop')
        late = setTimeout(() => void worker.terminate(), PATIENCE[kind])
      }
      worker.on('message', (message: JobMessage) => {
        if ('progress' in message) onProgress(message.progress)
        else if ('result' in message) outcome = () => resolve(message.result)
        else outcome = () => reject(errorOf(message.failure))
      })
      worker.on('error', error => {
        outcome = () => reject(threadError(error, `the job ${kind}`))
      })
      // Only now nothing of it runs any more.
      worker.on('exit', () => {
        clearTimeout(late)
        signal.removeEventListener('abort', stop)
        outcome()
      })
      signal.addEventListener('abort', stop, { once: true })
    })
}
