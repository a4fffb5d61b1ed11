import { parentPort, workerData } from 'node:worker_threads'
import { type InputForm, makeInputs, type WantedPicture } from './picture-inputs.ts'

/** What the thread is started with. */
export interface PictureWork {
  readonly form: InputForm
  /** Holds which picture of a list is being worked on, to name it if the thread does not survive it. [1] */
  readonly at: Int32Array
}

/** Answers each list of pictures with their inputs, in the order in which the lists come. */
const { form, at } = workerData as PictureWork
let last = Promise.resolve()
parentPort?.on('message', (pictures: readonly WantedPicture[]) => {
  last = last.then(async () => {
    const made = await makeInputs(pictures, form, k => void Atomics.store(at, 0, k))
    parentPort?.postMessage(made, [made.bytes.buffer as ArrayBuffer])
  })
})
