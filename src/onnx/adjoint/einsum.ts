import type { Adjoints, Step } from './rule.ts'

/** Letters that stand for the axes of an ellipsis, counted from the last one. */
const SPARE = 'ZYXWVUTSRQPONMLKJIHGFEDCBA'

/**
 * The adjoint of an operand is the sum of products of the output's and of the other operands, over what it has no
 * letter for; what only it has a letter for is repeated.
 */
export function einsum(step: Step): Adjoints {
  const { e, g, node } = step
  const { operands, output } = lettered(step)
  const sizes = operands.map((letters, at) =>
    [...letters].map((letter, axis) => [letter, step.sizes(node.input[at])[axis]] as const),
  )
  for (const letters of operands) {
    if (new Set(letters).size < letters.length)
      step.refuse(`equation ${equationOf(step)}, which takes a diagonal`)
  }
  /** The size of a letter, which an ellipsis may repeat. */
  const largest = (letter: string) => {
    const all = sizes.flatMap(operand => operand.flatMap(([other, size]) => (other === letter ? [size] : [])))
    return all.find(size => size !== 1) ?? all[0]
  }
  return operands.map((letters, at) => {
    if (!step.wants(at)) return null
    const others = [...operands.keys()].filter(k => k !== at)
    const known = new Set([...output, ...others.flatMap(k => [...operands[k]])])
    const own = step.sizes(node.input[at])
    const kept = [...letters].filter((letter, axis) => known.has(letter) && own[axis] === largest(letter))
    const equation = `${[output, ...others.map(k => operands[k])].join()}->${kept.join('')}`
    const product = e.op('Einsum', [g, ...others.map(k => node.input[k])], { equation })
    if (kept.length === letters.length) return product
    const withOnes = own.map((size, axis) => (kept.includes(letters[axis]) ? size : 1))
    return e.expand(e.reshape(product, withOnes), own)
  })
}

const equationOf = (step: Step): string => step.text('equation', '').replaceAll(' ', '')

/** Letters of every operand and of the output, with letters in place of an ellipsis and of what is left out. */
function lettered(step: Step): { operands: string[]; output: string } {
  const [left, right] = equationOf(step).split('->')
  const used = new Set(equationOf(step))
  const spare = [...SPARE].filter(letter => !used.has(letter))
  const ellipsis = (count: number) => spare.slice(0, count).reverse().join('')
  const operands = left.split(',').map((letters, at) => {
    const count = step.sizes(step.node.input[at]).length - letters.replace('...', '').length
    return letters.replace('...', ellipsis(count))
  })
  const rank = step.sizes(step.y).length
  if (right !== undefined) {
    return { operands, output: right.replace('...', ellipsis(rank - right.replace('...', '').length)) }
  }
  const all = operands.join('')
  const once = [...new Set(left.replaceAll(/[.,]/g, ''))]
    .filter(letter => all.indexOf(letter) === all.lastIndexOf(letter))
    .sort()
  return { operands, output: ellipsis(rank - once.length) + once.join('') }
}
