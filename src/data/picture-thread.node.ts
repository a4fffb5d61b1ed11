import { Worker } from 'node:worker_threads'
import { UserError } from '../user-error.ts'
import type { InputForm, MadeInputs, WantedPicture } from './picture-inputs.ts'
import type { PictureWork } from './picture-worker.node.ts'

/** A list of pictures that a thread works on or will. */
interface SentList {
  readonly pictures: readonly WantedPicture[]
  readonly resolve: (made: MadeInputs) => void
  readonly reject: (reason: unknown) => void
}

/** One thread that makes inputs of pictures, list after list. */
export class PictureThread {
  readonly #worker: Worker
  /** Which picture of the first list is being worked on. */
  readonly #at = new Int32Array(new SharedArrayBuffer(4))
  readonly #sent: SentList[] = []
  #ended: { readonly reason: unknown } | null = null
  /** Lists that it has, or that are loaded for it. */
  #load = 0

  /** @param onEnd told when the thread ends, whether it was to or not; of an error twice */
  constructor(program: URL, form: InputForm, onEnd: () => void) {
    const workerData: PictureWork = { form, at: this.#at }
    // Flags of the whole process, such as those of a script on the command line, are none of the thread's.
    this.#worker = new Worker(program, { workerData, execArgv: [] })
    this.#worker.on('message', (made: MadeInputs) => this.#sent.shift()?.resolve(made))
    const fail = (error: Error): void => {
      this.#fail(this.#lost(error))
      // Before it has gone altogether, so that it is given nothing more.
      onEnd()
    }
    this.#worker.on('error', fail)
    this.#worker.on('exit', code => fail(new Error(`exit code ${code}`)))
  }

  /** How many lists it was given and has not answered. */
  get load(): number {
    return this.#load
  }

  /**
   * Inputs of a list of pictures, once those of the lists before it are made. Errors: what `read` throws;
   * UserError `io`, naming the picture, where the thread does not survive it; the reason for which it is ended.
   */
  async makeInputs(read: () => Promise<readonly WantedPicture[]>): Promise<MadeInputs> {
    this.#load++
    try {
      const pictures = await read()
      if (this.#ended) throw this.#ended.reason
      return await new Promise((resolve, reject) => {
        this.#sent.push({ pictures, resolve, reject })
        const own = pictures.map(ownContent)
        this.#worker.postMessage(own, own.flatMap(memoryOf))
      })
    } finally {
      this.#load--
    }
  }

  /** Ends the thread at once; what it still had to do fails with the reason. */
  async end(reason: unknown): Promise<void> {
    this.#fail(reason)
    await this.#worker.terminate()
  }

  #fail(reason: unknown): void {
    this.#ended ??= { reason }
    for (const { reject } of this.#sent.splice(0)) reject(this.#ended.reason)
  }

  #lost(cause: Error): UserError {
    const wanted = this.#sent[0]?.pictures[Atomics.load(this.#at, 0)]
    const name = wanted && 'file' in wanted ? wanted.file.name : 'pictures'
    const [words] = cause.message.split('\n')
    return new UserError(
      'io',
      `${name}: the thread that decodes pictures ended (${words}), try again, or leave the picture out`,
      { cause },
    )
  }
}

/** A copy that can be given away: the memory of the content may be that of many pictures. */
function ownContent(wanted: WantedPicture): WantedPicture {
  if ('failure' in wanted || wanted.file.content === null) return wanted
  return { ...wanted, file: { ...wanted.file, content: wanted.file.content.slice() } }
}

function memoryOf(wanted: WantedPicture): ArrayBuffer[] {
  if ('failure' in wanted || wanted.file.content === null) return []
  return [wanted.file.content.buffer as ArrayBuffer]
}
