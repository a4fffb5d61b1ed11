import { type Shortcut, useShortcuts } from '../layout/shortcuts.ts'
import { COMMANDS, type Command, idOf, REVIEW_KEYS } from './keys.ts'

/** What the commands of the review do to the suspect in hand. */
export interface ReviewCommands {
  next(): void
  previous(): void
  keep(): void
  accept(): void
  exclude(): void
  later(): void
  /** @param rank from 0, the most likely class */
  class(rank: number): void
  otherClass(): void
  undo(): void
  redo(): void
  select(): void
  pin(): void
}

/** Binds the keys of the review while it is on the screen. */
export function useReviewKeys(commands: ReviewCommands): void {
  const shortcuts = COMMANDS.map((command): Shortcut => {
    const { keys, what } = REVIEW_KEYS[command]
    return {
      id: idOf(command),
      keys,
      what,
      run: event => {
        // Held down, a key steps along, but decides once.
        if (event.repeat && !isStep(command)) return
        // Arrows would scroll, and a slash open the search of some browsers.
        event.preventDefault()
        runOf(commands, command)()
      },
    }
  })
  useShortcuts('Review', shortcuts)
}

const isStep = (command: Command): boolean => ['next', 'previous', 'along', 'back'].includes(command)

function runOf(commands: ReviewCommands, command: Command): () => void {
  const rank = /^class-(\d)$/.exec(command)
  if (rank) return () => commands.class(Number(rank[1]) - 1)
  const named: Partial<Record<Command, () => void>> = {
    ...commands,
    along: commands.next,
    back: commands.previous,
    'other-class': commands.otherClass,
  }
  return named[command] ?? (() => {})
}
