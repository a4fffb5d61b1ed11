import { expect, test } from 'vitest'
import { inStep } from '../../../src/method/curvature/in-step.ts'

/** Asks for the next number until it has been answered `times` times, and adds up the answers. */
function* adder(from: number, times: number): Generator<number, number, number> {
  let sum = 0
  for (let k = 0; k < times; k++) sum += yield from + k
  return sum
}

test('each generator gets the answers to its own questions, and no more run than are wanted', async () => {
  const times = [3, 0, 5, 1, 2]
  const widths: number[] = []
  const results = new Map<number, number>()
  const tasks = times.map((count, task) => adder(100 * task, count))
  const answer = async (requests: readonly { task: number; request: number }[]) => {
    widths.push(requests.length)
    for (const { task, request } of requests) expect(Math.floor(request / 100)).toBe(task)
    return requests.map(({ request }) => 2 * request)
  }
  for await (const { task, result } of inStep(tasks, 2, answer)) results.set(task, result)
  expect(Math.max(...widths)).toBe(2)
  expect(widths.reduce((sum, width) => sum + width, 0)).toBe(11)
  const wanted = times.map((count, task) => 2 * (100 * task * count + (count * (count - 1)) / 2))
  expect(times.map((_, task) => results.get(task))).toEqual(wanted)
})
