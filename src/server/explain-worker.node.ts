import { parentPort, workerData } from 'node:worker_threads'
import { openExplainer } from '../app/open-explainer.ts'
import type { ExplainWork, WorkerAnswer, WorkerQuestion } from './explain-thread.node.ts'
import { localDesk } from './local-desk.ts'
import { failureOf } from './problem.ts'

/** Opens an explainer once, and answers whatever is asked of it. */
const { directory, memory } = workerData as ExplainWork
const say = (answer: WorkerAnswer, memory: ArrayBuffer[] = []) => parentPort?.postMessage(answer, memory)
try {
  const desk = localDesk(await openExplainer(directory, { ...(memory !== undefined && { memory }) }))
  parentPort?.on('message', async ({ id, verb, asked }: WorkerQuestion) => {
    try {
      const ready = await desk.ask(verb, ...asked)
      say({ id, ready }, typeof ready === 'string' ? [] : [ready.buffer])
    } catch (error) {
      say({ id, failure: failureOf(error) })
    }
  })
  say({ id: 0, ready: '' })
} catch (error) {
  say({ id: 0, failure: failureOf(error) })
}
