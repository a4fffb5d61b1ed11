import { Worker } from 'node:worker_threads'
import type { Answers, Asked, Desk, Ready } from './answers.ts'
import { Outbox } from './outbox.ts'
import { errorOf, type Failure, Refusal } from './problem.ts'

/** What the thread is started with. */
export interface ExplainWork {
  readonly directory: string
  readonly memory?: string
}

export interface WorkerQuestion {
  readonly id: number
  readonly verb: keyof Answers
  /** As `Asked` has it of the verb */
  readonly asked: readonly unknown[]
}

/** `id` is that of the question; 0 when the explainer is open, or cannot be opened. */
export type WorkerAnswer =
  | { readonly id: number; readonly ready: Ready }
  | { readonly id: number; readonly failure: Failure }

interface Waiting {
  readonly resolve: (ready: Ready) => void
  readonly reject: (reason: unknown) => void
}

/** Milliseconds in which what was asked before has to be answered when the thread is to end. */
const PATIENCE = 10_000

/** Opens an explainer in a thread of its own, which answers. Errors: UserError where it cannot be opened. */
export class ExplainThread implements Desk {
  readonly #worker: Worker
  readonly #questions: Outbox<WorkerQuestion>
  readonly #waiting = new Map<number, Waiting>()
  readonly #asked = new Set<Promise<Ready>>()
  #last = 0
  #ended: Error | null = null

  private constructor(work: ExplainWork, program: URL) {
    // Flags of the whole process, such as those of a script on the command line, are none of the thread's.
    this.#worker = new Worker(program, { workerData: work, execArgv: [] })
    this.#questions = new Outbox(list => this.#worker.postMessage(list))
    this.#worker.on('message', (answers: readonly WorkerAnswer[]) => {
      for (const answer of answers) this.#take(answer)
    })
    this.#worker.on('error', error => this.#end(error))
    this.#worker.on('exit', code =>
      this.#end(new Error(`the thread that explains ended with exit code ${code}`)),
    )
  }

  /** @param program what the thread runs */
  static async open(
    work: ExplainWork,
    program: URL = new URL('./explain-worker.node.js', import.meta.url),
  ): Promise<ExplainThread> {
    const thread = new ExplainThread(work, program)
    try {
      await thread.#answerOf(0)
      return thread
    } catch (error) {
      await thread.close()
      throw error
    }
  }

  ask<V extends keyof Answers>(verb: V, ...asked: Asked<V>): Promise<Ready> {
    if (this.#ended) return Promise.reject(this.#ended)
    const id = ++this.#last
    this.#questions.put({ id, verb, asked })
    return this.#answerOf(id)
  }

  /** Ends the thread once everything that was asked is answered, and written where it is to be. */
  async close(): Promise<void> {
    const closed = new Refusal(503, 'busy', 'the server is ending, ask again when it is back')
    this.#ended ??= closed
    let late: NodeJS.Timeout | undefined
    const patience = new Promise(resolve => {
      late = setTimeout(resolve, PATIENCE)
    })
    await Promise.race([Promise.allSettled(this.#asked), patience])
    clearTimeout(late)
    this.#end(closed)
    await this.#worker.terminate()
  }

  #answerOf(id: number): Promise<Ready> {
    const answer = new Promise<Ready>((resolve, reject) => this.#waiting.set(id, { resolve, reject }))
    const forget = () => void this.#asked.delete(answer)
    this.#asked.add(answer)
    answer.then(forget, forget)
    return answer
  }

  #take(answer: WorkerAnswer): void {
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if ('ready' in answer) waiting?.resolve(answer.ready)
    else waiting?.reject(errorOf(answer.failure))
  }

  #end(reason: Error): void {
    this.#ended ??= reason
    for (const { reject } of this.#waiting.values()) reject(this.#ended)
    this.#waiting.clear()
  }
}
