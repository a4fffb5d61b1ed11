/** What long work takes last: it asks the signal between its blocks, and throws what that was aborted with. */
export interface Stoppable {
  readonly signal?: AbortSignal | undefined
}

/** Pieces of work between two pauses. */
const PIECES_AT_ONCE = 32

/** Does work that has pieces and waits for nothing, with pauses in which whoever asks for a stop is heard. */
export async function withPauses<Result>(
  work: Generator<void, Result>,
  { signal }: Stoppable = {},
): Promise<Result> {
  for (let done = 0; ; done++) {
    const piece = work.next()
    if (piece.done) return piece.value
    if (done % PIECES_AT_ONCE > 0) continue
    await new Promise(resolve => setTimeout(resolve))
    signal?.throwIfAborted()
  }
}
