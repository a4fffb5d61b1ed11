import { expect, test } from 'vitest'
import { UserError } from '../src/user-error.ts'

test('a sentence keeps to one line that cannot steer a terminal, whatever names it quotes', () => {
  expect(new UserError('format', 'x: tensor a\r\n\u001b[2Jb is damaged').message).toBe(
    'x: tensor a [2Jb is damaged',
  )
  expect(new UserError('format', 'x'.repeat(5000)).message).toBe(`${'x'.repeat(2000)}…`)
})
