import { availableParallelism } from 'node:os'
import type { InputForm, MadeInputs, WantedPicture } from './picture-inputs.ts'
import type { PictureMaker } from './picture-rows.ts'
import { PictureThread } from './picture-thread.node.ts'

/** A list of pictures that waits for a thread. */
interface Waiting {
  readonly read: () => Promise<readonly WantedPicture[]>
  readonly resolve: (made: Promise<MadeInputs>) => void
  readonly reject: (reason: unknown) => void
}

/** One to work on, and one so that the thread need not wait for the next. */
const LISTS_A_THREAD = 2

/** libuv's threads, on which sharp decodes for all of ours. */
const DECODING = Number(process.env.UV_THREADPOOL_SIZE) || 4

/** About half of the work on a picture is to decode it. */
const MOST_THREADS = Math.min(availableParallelism(), 2 * DECODING)

export interface PictureWorkersOptions {
  /** Ends the threads with its reason. */
  readonly signal?: AbortSignal | undefined
  /** What the threads run. */
  readonly program?: URL
}

/**
 * Threads that decode, resize and cut pictures, one a core: started when there is work for them, ended with
 * `close`.
 */
export class PictureWorkers implements PictureMaker {
  readonly #form: InputForm
  readonly #program: URL
  readonly #signal: AbortSignal | undefined
  readonly #threads = new Set<PictureThread>()
  readonly #waiting: Waiting[] = []
  #closed: { readonly reason: unknown } | null = null

  constructor(
    form: InputForm,
    { signal, program = new URL('./picture-worker.node.js', import.meta.url) }: PictureWorkersOptions = {},
  ) {
    this.#form = form
    this.#program = program
    this.#signal = signal
    signal?.addEventListener('abort', this.#abort)
  }

  /** Errors: what `read` throws; UserError `io`, naming the picture, where a thread does not survive it. */
  makeInputs(read: Waiting['read']): Promise<MadeInputs> {
    if (this.#closed) return Promise.reject(this.#closed.reason)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ read, resolve, reject })
      this.#assign()
    })
  }

  /** Ends the threads at once; what was still to be done fails with the reason. */
  async close(reason: unknown = new Error('pictures are no longer decoded')): Promise<void> {
    this.#closed ??= { reason }
    this.#signal?.removeEventListener('abort', this.#abort)
    for (const { reject } of this.#waiting.splice(0)) reject(reason)
    await Promise.all([...this.#threads].map(thread => thread.end(reason)))
  }

  readonly #abort = (): void => void this.close(this.#signal?.reason)

  /** Gives lists to threads for as long as some are free. */
  #assign(): void {
    for (let thread = this.#free(); thread !== null; thread = this.#free()) {
      const list = this.#waiting.shift()
      if (list === undefined) return
      const made = thread.makeInputs(list.read)
      list.resolve(made)
      made.catch(() => undefined).finally(() => this.#assign())
    }
  }

  /** The thread with the least to do: a new one rather than one that is at work; null where all have enough. */
  #free(): PictureThread | null {
    if (this.#waiting.length === 0) return null
    const [idlest] = [...this.#threads].sort((a, b) => a.load - b.load)
    if (idlest?.load === 0) return idlest
    if (this.#threads.size < MOST_THREADS) return this.#start()
    return idlest.load < LISTS_A_THREAD ? idlest : null
  }

  #start(): PictureThread {
    const thread: PictureThread = new PictureThread(this.#program, this.#form, () => {
      this.#threads.delete(thread)
      this.#assign()
    })
    this.#threads.add(thread)
    return thread
  }
}
