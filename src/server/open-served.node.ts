import { UserError } from '../user-error.ts'
import type { Desk } from './answers.ts'
import { ExplainThread, type ExplainWork, type ThreadOptions } from './explain-thread.node.ts'
import { RenewedDesk } from './renewed-desk.ts'
import type { ExplainerInfo } from './wire.ts'

/** An explainer that answers from a thread, and what it is. */
export interface OpenServed {
  readonly desk: Desk
  readonly explainer: ExplainerInfo
}

/**
 * Opens an explainer in a thread, and in another one where that ends. Errors: UserError where it cannot be opened;
 * the next question's, where the explainer is another by then: pages hold answers about the first.
 */
export async function openServed(work: ExplainWork, options: ThreadOptions): Promise<OpenServed> {
  const first = await openThread(work, options)
  const { fingerprint } = first.explainer
  const desk = new RenewedDesk(first.thread, async () => {
    const { thread, explainer } = await openThread(work, options)
    if (explainer.fingerprint === fingerprint) return thread
    await thread.close()
    throw new UserError(
      'io',
      `${work.directory}: another explainer than when the server started, start it again`,
    )
  })
  return { desk, explainer: first.explainer }
}

async function openThread(
  work: ExplainWork,
  options: ThreadOptions,
): Promise<{ thread: ExplainThread; explainer: ExplainerInfo }> {
  const thread = await ExplainThread.open(work, options)
  try {
    return { thread, explainer: JSON.parse(String(await thread.ask('explainer'))) }
  } catch (error) {
    await thread.close()
    throw error
  }
}
