import type { Answers, Desk, Ready } from './answers.ts'
import { ByteCache } from './byte-cache.ts'

/** Verbs whose answers stay what they are while an explainer is open, and may be asked for often. */
const LASTING: readonly (keyof Answers)[] = [
  'explainer',
  'overview',
  'columns',
  'examples',
  'suspects',
  'mistakes',
  'mistakesCell',
  'picture',
]

/** Bytes of answers that are kept. */
const MOST = 2 ** 26

/** Keeps answers for whoever asks again; who asks for one that is being made waits for the same. */
export function rememberingDesk(desk: Desk): Desk {
  const kept = new ByteCache<{ readonly ready: Ready; readonly bytes: number }>(MOST)
  const making = new Map<string, Promise<Ready>>()

  async function make(key: string, answer: Promise<Ready>): Promise<Ready> {
    try {
      const ready = await answer
      kept.set(key, { ready, bytes: typeof ready === 'string' ? 2 * ready.length : ready.length })
      return ready
    } finally {
      making.delete(key)
    }
  }

  return {
    async ask(verb, ...asked) {
      if (!LASTING.includes(verb)) return desk.ask(verb, ...asked)
      const key = JSON.stringify([verb, ...asked])
      const known = kept.get(key)?.ready ?? making.get(key)
      if (known !== undefined) return known
      const answer = make(key, desk.ask(verb, ...asked))
      making.set(key, answer)
      return answer
    },
    close: () => desk.close(),
  }
}
