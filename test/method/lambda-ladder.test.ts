import { describe, expect, test } from 'vitest'
import { norm, subtract } from '../../src/math/matrix.ts'
import { fitHead } from '../../src/method/fit/fit.ts'
import { fitLadder, lambdaLadder } from '../../src/method/fit/lambda-ladder.ts'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'
import { problemOf } from './attribution/heads.ts'

const runtime = cpuRuntime()
const GAP = 1e-8

test('a ladder goes down by √10, with λ itself in the middle, whatever its digits', () => {
  expect(lambdaLadder(0.003, 2)).toEqual([0.03, 0.0095, 0.003, 0.00095, 0.0003])
  expect(lambdaLadder(0.0012345, 1)).toEqual([0.0039, 0.0012345, 0.00039])
  expect(lambdaLadder(1e-6, 0)).toEqual([1e-6])
})

describe.each(['regularised', 'free'] as const)('bias %s', bias => {
  const problem = problemOf('softmax with a teacher', bias, 0.01)
  const ladder = lambdaLadder(problem.lambda, 2)

  test('each head is the one that is fitted under its λ alone, and the middle one the one given', async () => {
    const middle = await fitHead(runtime, problem, { gap: GAP })
    const asked: number[] = []
    const fits = await fitLadder(runtime, problem, middle, ladder, {
      gap: GAP,
      onFit: lambda => asked.push(lambda),
    })
    expect(fits.map(({ lambda }) => lambda)).toEqual(ladder)
    expect(fits[2].theta).toBe(middle.theta)
    // Outwards: each from its neighbour.
    expect(asked).toEqual([ladder[1], ladder[0], ladder[3], ladder[4]])
    for (const { lambda, theta, status } of fits) {
      const alone = await fitHead(runtime, { ...problem, lambda }, { gap: GAP })
      expect(status).toBe('converged')
      expect(norm(subtract(theta, alone.theta).data) / norm(alone.theta.data)).toBeLessThan(1e-7)
    }
  })
})
