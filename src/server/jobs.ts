import { UserError } from '../user-error.ts'
import { JobEvents } from './events.ts'
import { failureOf } from './problem.ts'
import type { Job, NewJob } from './wire.ts'

export type JobKind = NewJob['kind']

/** What a job is told, and tells. */
export interface JobHooks {
  readonly signal: AbortSignal
  readonly onProgress: (progress: Job['progress']) => void
}

/** Does the work of a kind of job. Errors: what the verb throws; anything once the signal is aborted. */
export type RunJob = (kind: JobKind, hooks: JobHooks) => Promise<Job['result']>

interface Running {
  readonly abort: AbortController
  /** Settles when nothing of it runs any more */
  readonly ended: Promise<void>
}

/** Jobs that are kept after they ended. */
const KEPT = 100

/** Work that takes long: one of a kind at a time, each of which can be looked at and cancelled. */
export class Jobs {
  readonly events: JobEvents
  readonly #run: RunJob
  readonly #onBug: (error: unknown) => void
  readonly #jobs = new Map<string, Job>()
  readonly #running = new Map<string, Running>()
  #last = 0

  constructor(run: RunJob, onBug: (error: unknown) => void, events = new JobEvents()) {
    this.#run = run
    this.#onBug = onBug
    this.events = events
  }

  /** In the order in which they were started. */
  list(): readonly Job[] {
    return [...this.#jobs.values()]
  }

  /** Errors: UserError `not-found`. */
  get(id: string): Job {
    const job = this.#jobs.get(id)
    if (job) return job
    throw new UserError('not-found', `job not found: ${id}, see /api/v1/jobs`)
  }

  /** Errors: UserError `exists` where one of the kind runs. */
  start({ kind }: NewJob): Job {
    const other = this.list().find(job => job.kind === kind && this.#running.has(job.id))
    if (other) {
      throw new UserError('exists', `job of kind ${kind}: ${other.id} runs, wait for its end or cancel it`)
    }
    const id = `${kind}-${++this.#last}`
    const abort = new AbortController()
    const job = this.#keep({
      id,
      kind,
      status: 'running',
      progress: { phase: 'starting', done: 0, total: null },
      result: null,
      error: null,
      startedAt: new Date().toISOString(),
    })
    const onProgress = (progress: Job['progress']) => {
      if (!abort.signal.aborted) this.#keep({ ...this.get(id), progress })
    }
    this.#running.set(id, { abort, ended: this.#follow(id, { signal: abort.signal, onProgress }) })
    return job
  }

  /** Asks a job to stop, which it does in order; one that has ended stays as it is. Errors: UserError `not-found`. */
  cancel(id: string): Job {
    const job = this.get(id)
    this.#running.get(id)?.abort.abort()
    return job
  }

  /** Cancels what runs, and waits for its end. */
  async close(): Promise<void> {
    for (const { abort } of this.#running.values()) abort.abort()
    await Promise.all([...this.#running.values()].map(({ ended }) => ended))
  }

  async #follow(id: string, hooks: JobHooks): Promise<void> {
    const outcome = await this.#outcome(id, hooks)
    this.#running.delete(id)
    this.#keep({ ...this.get(id), ...outcome })
  }

  async #outcome(id: string, hooks: JobHooks): Promise<Pick<Job, 'status'> & Partial<Job>> {
    try {
      return { status: 'done', result: await this.#run(this.get(id).kind, hooks) }
    } catch (error) {
      if (hooks.signal.aborted) return { status: 'cancelled' }
      const { code, message } = failureOf(error)
      if (code !== 'internal') return { status: 'failed', error: { code, message } }
      this.#onBug(error)
      return {
        status: 'failed',
        error: { code, message: 'this is a bug in representer, the terminal shows where' },
      }
    }
  }

  #keep(job: Job): Job {
    this.#jobs.set(job.id, job)
    const ended = this.list().filter(({ id }) => !this.#running.has(id) && id !== job.id)
    for (const { id } of ended.slice(0, Math.max(0, this.#jobs.size - KEPT))) this.#jobs.delete(id)
    this.events.tell(job)
    return job
  }
}
