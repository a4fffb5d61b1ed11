import type { Explainer } from '../app/explainer.ts'
import { type Answers, answers, type Desk, opened } from './answers.ts'

/** Answers in this thread. */
export function localDesk(explainer: Explainer): Desk {
  const open = opened(explainer)
  return {
    ask: (verb, ...asked) =>
      (answers[verb] as (...all: unknown[]) => ReturnType<Answers[typeof verb]>)(open, ...asked),
    close: () => explainer.close(),
  }
}
