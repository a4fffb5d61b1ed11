import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isCharacter, nameOfKey, withKey } from '../../../web/src/layout/key-names.ts'
import { COMMANDS, type Command, idOf, REVIEW_KEYS } from '../../../web/src/review/keys.ts'

const NOTHING_HELD = { shiftKey: false, ctrlKey: false, altKey: false, metaKey: false }
const press = (key: string, held: Partial<typeof NOTHING_HELD> = {}) => ({ key, ...NOTHING_HELD, ...held })
const shortcuts = COMMANDS.map(command => ({ id: idOf(command), keys: REVIEW_KEYS[command].keys }))
const keysNow = (chosen: Readonly<Record<string, string>>) =>
  shortcuts.flatMap(({ id, keys }) => (chosen[id] === undefined ? keys : [chosen[id]]))

describe('the keys of the review', () => {
  const asked: [string, Command][] = [
    ['j', 'next'],
    ['k', 'previous'],
    ['q', 'keep'],
    ['w', 'accept'],
    ['e', 'exclude'],
    ['n', 'later'],
    ['1', 'class-1'],
    ['9', 'class-9'],
    ['0', 'other-class'],
    ['/', 'other-class'],
    ['z', 'undo'],
    ['Shift+Z', 'redo'],
    ['x', 'select'],
    ['p', 'pin'],
    ['ArrowDown', 'along'],
    ['ArrowUp', 'back'],
  ]
  test.each(asked)('%s is %s', (key, command) => {
    expect(COMMANDS.filter(other => REVIEW_KEYS[other].keys.includes(key))).toEqual([command])
  })

  test('mean one command each', () => {
    const all = keysNow({})
    expect(new Set(all).size).toBe(all.length)
  })
})

describe('a key that was pressed', () => {
  test('is named as shortcuts name it', () => {
    expect(nameOfKey(press('j'))).toBe('j')
    expect(nameOfKey(press('J'))).toBe('j')
    expect(nameOfKey(press('Z', { shiftKey: true }))).toBe('Shift+Z')
    expect(nameOfKey(press('?', { shiftKey: true }))).toBe('Shift+?')
    expect(nameOfKey(press('F2'))).toBe('F2')
  })

  test('is not taken from the browser', () => {
    for (const held of ['ctrlKey', 'altKey', 'metaKey'])
      expect(nameOfKey(press('w', { [held]: true }))).toBe(null)
    for (const key of ['Tab', 'Escape', 'Enter', ' ', 'Shift', 'Dead'])
      expect(nameOfKey(press(key))).toBe(null)
  })

  test('is a character where it types one: arrows stay when these are switched off', () => {
    expect(['q', 'Z', '?', '/', '0'].every(key => isCharacter({ key }))).toBe(true)
    expect(['ArrowDown', 'Escape', 'F2'].some(key => isCharacter({ key }))).toBe(false)
  })
})

describe('keys that a person gives out', () => {
  const anyKey = fc.constantFrom('a', 'b', 'q', 'w', '1', '0', 'Shift+Z', 'F2', 'ArrowDown', 'x')

  test('mean one command each, and each command keeps a key, whatever is changed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...COMMANDS), anyKey), { maxLength: 20 }), changes => {
        let chosen: Record<string, string> = {}
        for (const [command, key] of changes) {
          chosen = withKey(chosen, shortcuts, idOf(command), key)
          expect(chosen[idOf(command)] ?? REVIEW_KEYS[command].keys[0]).toBe(key)
        }
        const all = keysNow(chosen)
        expect(new Set(all).size).toBe(all.length)
        expect(all).not.toContain(undefined)
      }),
    )
  })

  test('change places with what had them', () => {
    const chosen = withKey({}, shortcuts, idOf('keep'), 'w')
    expect(chosen).toEqual({ 'review.keep': 'w', 'review.accept': 'q' })
    expect(withKey(chosen, shortcuts, idOf('keep'), 'w')).toEqual(chosen)
    expect(withKey({}, shortcuts, idOf('keep'), 'q')).toEqual({})
  })
})
