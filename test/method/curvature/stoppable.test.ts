import { expect, test } from 'vitest'
import { withPauses } from '../../../src/method/curvature/stoppable.ts'

function* counting(pieces: number, done: { pieces: number }): Generator<void, string> {
  for (; done.pieces < pieces; done.pieces++) yield
  return 'done'
}

test('work in pieces comes to its end', async () => {
  const done = { pieces: 0 }
  expect(await withPauses(counting(100, done))).toBe('done')
  expect(done.pieces).toBe(100)
})

test('work in pieces hears of a stop on the way', async () => {
  const controller = new AbortController()
  const done = { pieces: 0 }
  setTimeout(() => controller.abort())
  await expect(withPauses(counting(10_000, done), controller)).rejects.toThrow(/abort/)
  expect(done.pieces).toBeLessThan(1000)
})
