/** What a key does in the review. `class-1` is the class that is most likely, and so on. */
export type Command =
  | 'next'
  | 'previous'
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
  | 'help'

/** The keys of each command. */
export type KeyMap = { readonly [C in Command]: readonly string[] }

export const DEFAULT_KEYS: KeyMap = {
  next: ['j', 'ArrowDown', 'ArrowRight'],
  previous: ['k', 'ArrowUp', 'ArrowLeft'],
  keep: ['q'],
  accept: ['w'],
  exclude: ['e'],
  later: ['n'],
  'class-1': ['1'],
  'class-2': ['2'],
  'class-3': ['3'],
  'class-4': ['4'],
  'class-5': ['5'],
  'class-6': ['6'],
  'class-7': ['7'],
  'class-8': ['8'],
  'class-9': ['9'],
  'other-class': ['0', '/'],
  undo: ['z'],
  redo: ['Shift+z'],
  select: ['x'],
  pin: ['p'],
  help: ['?'],
}

export const COMMANDS = Object.keys(DEFAULT_KEYS) as Command[]

/** What commands do, in words. */
export const COMMAND_WORDS: { readonly [C in Command]: string } = {
  next: 'Next suspect',
  previous: 'Previous suspect',
  keep: 'Keep the label',
  accept: 'Accept the suggestion',
  exclude: 'Exclude from training',
  later: 'Review later',
  'class-1': 'Most likely class',
  'class-2': '2nd most likely class',
  'class-3': '3rd most likely class',
  'class-4': '4th most likely class',
  'class-5': '5th most likely class',
  'class-6': '6th most likely class',
  'class-7': '7th most likely class',
  'class-8': '8th most likely class',
  'class-9': '9th most likely class',
  'other-class': 'Find a class by name',
  undo: 'Undo',
  redo: 'Redo',
  select: 'Select',
  pin: 'Pin',
  help: 'Show the keys',
}

export interface PressedKey {
  readonly key: string
  readonly shiftKey: boolean
  readonly ctrlKey: boolean
  readonly altKey: boolean
  readonly metaKey: boolean
}

/**
 * A key as key maps name it: letters in lower case, with `Shift+` before them where it is held; what is typed
 * with the help of shift, such as `?`, is itself. null for keys that belong to the browser or say nothing.
 */
export function nameOfKey({ key, shiftKey, ctrlKey, altKey, metaKey }: PressedKey): string | null {
  if (ctrlKey || altKey || metaKey) return null
  if (['Shift', 'Control', 'Alt', 'Meta', 'Tab', 'Escape', 'Enter', ' ', 'Dead', 'Unidentified'].includes(key)) {
    return null
  }
  const isLetter = key.length === 1 && key.toLowerCase() !== key.toUpperCase()
  if (isLetter) return `${shiftKey ? 'Shift+' : ''}${key.toLowerCase()}`
  return shiftKey && key.length > 1 ? `Shift+${key}` : key
}

/** Whether a key types a character: these can be switched off, since people who dictate set them off unawares. */
export const isCharacter = (name: string): boolean => name.replace(/^Shift\+/, '').length === 1

/** What a key does; null where it does nothing, or is a character while these are switched off. */
export function commandOf(keys: KeyMap, pressed: PressedKey, characters = true): Command | null {
  const name = nameOfKey(pressed)
  if (name === null || (!characters && isCharacter(name))) return null
  return COMMANDS.find(command => keys[command].includes(name)) ?? null
}

/** Gives a key to a command alone: the command's other characters go, and another command loses the key. */
export function remapped(keys: KeyMap, command: Command, name: string): KeyMap {
  const entries = COMMANDS.map(other => {
    if (other !== command) return [other, keys[other].filter(key => key !== name)]
    return [other, [name, ...keys[other].filter(key => key !== name && !isCharacter(key))]]
  })
  return Object.fromEntries(entries) as KeyMap
}

const PRINTED: Readonly<Record<string, string>> = {
  ArrowDown: '↓',
  ArrowUp: '↑',
  ArrowLeft: '←',
  ArrowRight: '→',
}

/** A key as buttons show it: `Shift+Z`, `↓`. */
export function printedKey(name: string): string {
  const bare = name.replace(/^Shift\+/, '')
  const printed = PRINTED[bare] ?? (bare.length === 1 ? bare.toUpperCase() : bare)
  return name === bare ? printed : `Shift+${printed}`
}
