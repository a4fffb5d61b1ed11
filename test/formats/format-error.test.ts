import { expect, test } from 'vitest'
import { blamingFile, formatError } from '../../src/formats/format-error.ts'

const file = { name: 'x.npy' }

test('a sentence keeps to one line, whatever a file calls its tensors', () => {
  const control = String.fromCharCode(27)
  expect(formatError(file, `tensor a\n${control}[2Jb is damaged`).message).toBe(
    'x.npy: tensor a [2Jb is damaged',
  )
  expect(formatError(file, 'x'.repeat(5000)).message).toBe(`x.npy: ${'x'.repeat(1000)}…`)
})

test('what a decoder throws is blamed on the file, what a reader says is kept', async () => {
  const throwing = (error: unknown) => () => {
    throw error
  }
  const cause = new RangeError('Offset is outside the bounds')
  await expect(blamingFile(file, throwing(cause))).rejects.toMatchObject({
    code: 'format',
    message: 'x.npy: damaged (Offset is outside the bounds), copy or save it again',
    cause,
  })
  await expect(blamingFile(file, throwing(new TypeError('x is undefined')))).rejects.toThrow(
    'x.npy: damaged, copy or save it again',
  )
  const said = formatError(file, 'truncated')
  await expect(blamingFile(file, throwing(said))).rejects.toBe(said)
})
