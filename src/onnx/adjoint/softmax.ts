import { fromFront, type Rules, range, type Step, unary } from './rule.ts'

/** What the exponentials are summed over: one axis, or all from it on before operator set 13. */
function axesOf(step: Step): number[] {
  const rank = step.sizes(step.x).length
  if (step.opset >= 13) return [fromFront(step.int('axis', -1), rank)]
  return range(fromFront(step.int('axis', 1), rank), rank)
}

export const SOFTMAX: Rules = {
  Softmax: unary(step => {
    const { e, g, y } = step
    return e.mul(y, e.sub(g, e.sum(e.mul(g, y), axesOf(step))))
  }),
  LogSoftmax: unary(step => {
    const { e, g, y } = step
    return e.sub(g, e.mul(e.exp(y), e.sum(g, axesOf(step))))
  }),
}
