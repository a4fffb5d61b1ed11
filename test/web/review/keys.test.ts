import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_SETTINGS, parseSettings } from '../../../web/src/review/key-settings.ts'
import {
  COMMANDS,
  type Command,
  commandOf,
  DEFAULT_KEYS,
  nameOfKey,
  printedKey,
  remapped,
} from '../../../web/src/review/keys.ts'

const NOTHING_HELD = { shiftKey: false, ctrlKey: false, altKey: false, metaKey: false }
const press = (key: string, held: Partial<typeof NOTHING_HELD> = {}) => ({ key, ...NOTHING_HELD, ...held })

describe('the keys of the review', () => {
  const asked: [string, Command][] = [
    ['j', 'next'],
    ['ArrowDown', 'next'],
    ['k', 'previous'],
    ['ArrowUp', 'previous'],
    ['q', 'keep'],
    ['w', 'accept'],
    ['e', 'exclude'],
    ['n', 'later'],
    ['1', 'class-1'],
    ['9', 'class-9'],
    ['0', 'other-class'],
    ['/', 'other-class'],
    ['z', 'undo'],
    ['x', 'select'],
    ['p', 'pin'],
    ['?', 'help'],
  ]
  test.each(asked)('%s is %s', (key, command) => {
    expect(commandOf(DEFAULT_KEYS, press(key))).toBe(command)
  })

  test('take shift apart for letters, and as a help for what is typed with it', () => {
    expect(commandOf(DEFAULT_KEYS, press('Z', { shiftKey: true }))).toBe('redo')
    expect(commandOf(DEFAULT_KEYS, press('Z'))).toBe('undo')
    expect(commandOf(DEFAULT_KEYS, press('Q', { shiftKey: true }))).toBe(null)
    expect(commandOf(DEFAULT_KEYS, press('?', { shiftKey: true }))).toBe('help')
    expect(commandOf(DEFAULT_KEYS, press('/', { shiftKey: true }))).toBe('other-class')
  })

  test('leave the browser its own', () => {
    for (const held of ['ctrlKey', 'altKey', 'metaKey']) {
      expect(commandOf(DEFAULT_KEYS, press('w', { [held]: true }))).toBe(null)
    }
    for (const key of ['Tab', 'Escape', 'Enter', ' ', 'Shift']) expect(nameOfKey(press(key))).toBe(null)
  })

  test('that are characters can be switched off; arrows stay', () => {
    for (const command of COMMANDS) {
      for (const key of DEFAULT_KEYS[command]) {
        const stays = key.startsWith('Arrow')
        const pressed = key.startsWith('Shift+') ? press(key.slice(6), { shiftKey: true }) : press(key)
        expect(commandOf(DEFAULT_KEYS, pressed, false)).toBe(stays ? command : null)
      }
    }
  })

  test('mean one command each, however they are given out', () => {
    const key = fc.constantFrom('a', 'b', 'Shift+z', 'q', 'w', '1', 'F2', 'ArrowDown')
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...COMMANDS), key), { maxLength: 20 }), changes => {
        const keys = changes.reduce((keys, [command, key]) => remapped(keys, command, key), DEFAULT_KEYS)
        const all = COMMANDS.flatMap(command => keys[command])
        expect(new Set(all).size).toBe(all.length)
        const last = changes.at(-1)
        if (last) expect(keys[last[0]][0]).toBe(last[1])
      }),
    )
  })

  test('that are given out anew free the character that was there, and keep the arrows', () => {
    const keys = remapped(DEFAULT_KEYS, 'next', 'd')
    expect(keys.next).toEqual(['d', 'ArrowDown', 'ArrowRight'])
    expect(remapped(keys, 'keep', 'd').next).toEqual(['ArrowDown', 'ArrowRight'])
  })

  test('are printed as keyboards have them', () => {
    expect(['j', 'Shift+z', 'ArrowDown', '?', 'F2'].map(printedKey)).toEqual(['J', 'Shift+Z', '↓', '?', 'F2'])
  })
})

describe('kept settings', () => {
  test('are read as they were written', () => {
    const settings = { keys: remapped(DEFAULT_KEYS, 'keep', 'a'), characters: false, advance: false }
    expect(parseSettings(JSON.stringify(settings))).toEqual(settings)
  })

  test('are as at first wherever they cannot be read', () => {
    for (const text of [null, '', '{', '7', 'null', '[]', '{"keys":3,"advance":"no"}', '{"keys":{"keep":[1]}}']) {
      expect(parseSettings(text)).toEqual(DEFAULT_SETTINGS)
    }
    expect(parseSettings('{"keys":{"keep":["a"],"rm":["b"]}}').keys).toEqual({ ...DEFAULT_KEYS, keep: ['a'] })
  })
})
