/** What a key does in the review. `class-1` is the most likely class, and so on. */
export type Command =
  | 'next'
  | 'previous'
  | 'along'
  | 'back'
  | 'keep'
  | 'accept'
  | 'exclude'
  | 'later'
  | `class-${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}`
  | 'other-class'
  | 'undo'
  | 'redo'
  | 'select'
  | 'pin'

interface CommandKeys {
  /** As tinykeys writes them */
  readonly keys: readonly string[]
  readonly what: string
}

/** The keys of the review and what they do, in the order of the sheet of keys. Arrows move too, whatever is chosen. */
export const REVIEW_KEYS: { readonly [C in Command]: CommandKeys } = {
  next: { keys: ['j'], what: 'next suspect' },
  previous: { keys: ['k'], what: 'previous suspect' },
  along: { keys: ['ArrowDown', 'ArrowRight'], what: 'next suspect' },
  back: { keys: ['ArrowUp', 'ArrowLeft'], what: 'previous suspect' },
  keep: { keys: ['q'], what: 'keep the label' },
  accept: { keys: ['w'], what: 'accept the suggestion' },
  exclude: { keys: ['e'], what: 'exclude from training' },
  later: { keys: ['n'], what: 'review later' },
  'class-1': { keys: ['1'], what: 'most likely class' },
  'class-2': { keys: ['2'], what: '2nd most likely class' },
  'class-3': { keys: ['3'], what: '3rd most likely class' },
  'class-4': { keys: ['4'], what: '4th most likely class' },
  'class-5': { keys: ['5'], what: '5th most likely class' },
  'class-6': { keys: ['6'], what: '6th most likely class' },
  'class-7': { keys: ['7'], what: '7th most likely class' },
  'class-8': { keys: ['8'], what: '8th most likely class' },
  'class-9': { keys: ['9'], what: '9th most likely class' },
  'other-class': { keys: ['0', '/'], what: 'find a class by name' },
  undo: { keys: ['z'], what: 'undo' },
  redo: { keys: ['Shift+Z'], what: 'redo' },
  select: { keys: ['x'], what: 'select' },
  pin: { keys: ['p'], what: 'pin its explanation, to compare' },
}

export const COMMANDS = Object.keys(REVIEW_KEYS) as Command[]

/** What preferences and the sheet of keys call a command. */
export const idOf = (command: Command): string => `review.${command}`
