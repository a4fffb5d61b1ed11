import type { Explainer } from '../app/explainer/explainer.ts'
import { type Answers, answers, type Desk, opened } from './answers.ts'

/** Answers in this thread. `roots` as `opened` takes them. */
export function localDesk(explainer: Explainer, roots?: readonly string[]): Desk {
  const open = opened(explainer, roots)
  return {
    ask: (verb, ...asked) =>
      (answers[verb] as (...all: unknown[]) => ReturnType<Answers[typeof verb]>)(open, ...asked),
    async close() {
      await open.maps.close()
      await explainer.close()
    },
  }
}
