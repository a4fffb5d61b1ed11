import { parentPort, workerData } from 'node:worker_threads'
import { openExplainer } from '../app/explainer/open.ts'
import type { Ready } from './answers.ts'
import type { ExplainWork, WorkerAnswer, WorkerQuestion } from './explain-thread.node.ts'
import { localDesk } from './local-desk.ts'
import { Outbox } from './outbox.ts'
import { failureOf } from './problem.ts'

type AskAny = (verb: WorkerQuestion['verb'], ...asked: readonly unknown[]) => Promise<Ready>

/** Opens an explainer once, and answers whatever is asked of it. */
const { directory, memory, roots } = workerData as ExplainWork
const answers = new Outbox<WorkerAnswer>((list, memory) => parentPort?.postMessage(list, [...memory]))
try {
  const explainer = await openExplainer(directory, { ...(memory !== undefined && { memory }) })
  const desk = localDesk(explainer, roots)
  const answer = async ({ id, verb, asked }: WorkerQuestion): Promise<void> => {
    try {
      const ready = await (desk.ask as AskAny)(verb, ...asked)
      answers.put({ id, ready }, typeof ready === 'string' ? [] : [ready.buffer])
    } catch (error) {
      answers.put({ id, failure: failureOf(error) })
    }
  }
  parentPort?.on('message', (questions: readonly WorkerQuestion[]) => {
    for (const question of questions) void answer(question)
  })
  answers.put({ id: 0, ready: '' })
} catch (error) {
  answers.put({ id: 0, failure: failureOf(error) })
}
