import { expect, test } from 'vitest'
import { blamingFile, formatError } from '../../src/formats/format-error.ts'

const file = { name: 'x.npy' }

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
