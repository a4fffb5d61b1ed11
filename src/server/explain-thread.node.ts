import { Worker } from 'node:worker_threads'
import type { Answers, Asked, Desk, Ready } from './answers.ts'
import { Outbox } from './outbox.ts'
import { errorOf, type Failure, Refusal } from './problem.ts'
import { threadError } from './thread-error.ts'

/** What the thread is started with. */
export interface ExplainWork {
  readonly directory: string
  readonly memory?: string
  /** Folders that pictures have to be in; anywhere unless told */
  readonly roots?: readonly string[]
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

/** What messages call it. */
const NAME = 'the thread that explains'

/** What is answered to whom the thread would have answered. */
const lost = (): Refusal =>
  new Refusal(503, 'internal', `${NAME}: ended before it answered, ask again, another one takes its place`, {
    'retry-after': '1',
  })

export interface ThreadOptions {
  /** Told why the thread ended, where nobody closed it */
  readonly onEnd: (reason: Error) => void
  /** What the thread runs */
  readonly program?: URL
}

/** Opens an explainer in a thread of its own, which answers. Errors: UserError where it cannot be opened. */
export class ExplainThread implements Desk {
  readonly #worker: Worker
  readonly #onEnd: (reason: Error) => void
  readonly #questions: Outbox<WorkerQuestion>
  readonly #waiting = new Map<number, Waiting>()
  readonly #asked = new Set<Promise<Ready>>()
  #last = 0
  #isOpen = false
  #hasEnded = false
  /** What whoever asks is told once nothing is answered any more */
  #ended: Error | null = null

  private constructor(work: ExplainWork, program: URL, onEnd: (reason: Error) => void) {
    this.#onEnd = onEnd
    // Flags of the whole process, such as those of a script on the command line, are none of the thread's.
    this.#worker = new Worker(program, { workerData: work, execArgv: [] })
    this.#questions = new Outbox(list => this.#worker.postMessage(list))
    this.#worker.on('message', (answers: readonly WorkerAnswer[]) => {
      for (const answer of answers) this.#take(answer)
    })
    this.#worker.on('error', error => this.#fail(threadError(error, NAME)))
    this.#worker.on('exit', code => this.#fail(new Error(`${NAME}: ended with exit code ${code}`)))
  }

  static async open(
    work: ExplainWork,
    { onEnd, program = new URL('./explain-worker.node.js', import.meta.url) }: ThreadOptions,
  ): Promise<ExplainThread> {
    const thread = new ExplainThread(work, program, onEnd)
    try {
      await thread.#answerOf(0)
      thread.#isOpen = true
      return thread
    } catch (error) {
      await thread.close()
      throw error
    }
  }

  /** Whether it ended and nobody closed it, as where it has no memory left. */
  get hasEnded(): boolean {
    return this.#hasEnded
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

  /** The thread ended by itself, or with `close`. */
  #fail(reason: Error): void {
    if (!this.#isOpen || this.#ended) {
      this.#end(reason)
      return
    }
    this.#hasEnded = true
    this.#end(lost())
    this.#onEnd(reason)
  }

  #end(reason: Error): void {
    this.#ended ??= reason
    for (const { reject } of this.#waiting.values()) reject(this.#ended)
    this.#waiting.clear()
  }
}
