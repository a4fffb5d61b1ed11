import { type Rule, type Rules, type Step, unary } from './rule.ts'

/** A rule for an operator that repeats its inputs to one common shape; each part has that shape. */
const broadcasting = (parts: (step: Step, at: number) => string): Rule => ({
  adjoint: step => {
    const { node, e } = step
    return node.input.map((input, at) =>
      step.wants(at) ? e.unbroadcast(parts(step, at), step.sizes(step.y), step.sizes(input)) : null,
    )
  },
})

/** Of the largest or smallest of several: those that are equal share. */
const extreme = broadcasting(({ e, g, y, node }, at) => {
  const is = (input: string) => e.indicator(e.op('Equal', [input, y]))
  const ties = node.input.map(is).reduce(e.add)
  return e.scale(g, e.div(is(node.input[at]), ties))
})

export const ARITHMETIC: Rules = {
  Add: broadcasting(({ g }) => g),
  Sum: broadcasting(({ g }) => g),
  Sub: broadcasting(({ e, g }, at) => (at === 0 ? g : e.scale(g, -1))),
  Mul: broadcasting(({ e, g, node }, at) => e.scale(g, node.input[1 - at])),
  Div: broadcasting(({ e, g, y, node }, at) => {
    const inverse = e.op('Reciprocal', [node.input[1]])
    return e.scale(g, at === 0 ? inverse : e.op('Neg', [e.mul(inverse, y)]))
  }),
  Max: extreme,
  Min: extreme,
  Where: {
    ...broadcasting(({ e, g, node }, at) =>
      at === 1 ? e.where(node.input[0], g, 0) : e.where(node.input[0], 0, g),
    ),
    through: [1, 2],
  },
  Pow: {
    through: [0],
    adjoint: step => {
      const { e, g, x, y, node } = step
      const power = e.cast(node.input[1], step.type(x))
      const part = e.scale(g, e.mul(power, e.op('Pow', [x, e.sub(power, 1)])))
      return [e.unbroadcast(part, step.sizes(y), step.sizes(x))]
    },
  },
  Neg: unary(({ e, g }) => e.scale(g, -1)),
  Abs: unary(({ e, g, x }) => e.scale(g, e.op('Sign', [x]))),
  Exp: unary(({ e, g, y }) => e.scale(g, y)),
  Log: unary(({ e, g, x }) => e.scale(g, e.op('Reciprocal', [x]))),
  Sqrt: unary(({ e, g, y }) => e.scale(g, e.div(0.5, y))),
  Reciprocal: unary(({ e, g, y }) => e.scale(g, e.op('Neg', [e.mul(y, y)]))),
  Sin: unary(({ e, g, x }) => e.scale(g, e.op('Cos', [x]))),
  Cos: unary(({ e, g, x }) => e.scale(g, e.op('Neg', [e.op('Sin', [x])]))),
}
