import { expect, test } from 'vitest'
import { displaySize, picture } from '../../src/views/picture.ts'

const of = (width: number, height: number) => ({ src: 'data:image/png;base64,', width, height })

test('small pictures grow by a whole factor', () => {
  expect(displaySize(of(28, 28), 64)).toEqual({ width: 56, height: 56, enlarged: true })
  expect(displaySize(of(32, 32), 128)).toEqual({ width: 128, height: 128, enlarged: true })
  expect(displaySize(of(28, 14), 32)).toEqual({ width: 28, height: 14, enlarged: true })
})

test('large pictures shrink to fit, whatever their shape', () => {
  expect(displaySize(of(640, 480), 64)).toEqual({ width: 64, height: 48, enlarged: false })
  expect(displaySize(of(5000, 2), 64)).toEqual({ width: 64, height: 1, enlarged: false })
})

test('a tile tells its style how long its longest word is', () => {
  const longest = (tile: string) => /--longest: (\d+)"/.exec(`${picture(null, 96, { alt: '', tile })}`)?.[1]
  expect(longest('German shepherd')).toBe('8')
  expect(longest('soft-coated wheaten terrier')).toBe('7')
  expect(longest('🐘🐘')).toBe('2')
  expect(longest('')).toBe('1')
})
