import { product } from './constant-shape.ts'
import type { Known } from './heads/linear.ts'
import { isTransparent } from './heads/match.ts'
import { isOwnOperator } from './model.ts'
import type { NodeProto } from './proto.ts'

/** What x · g(x) is called, by the functions that g is made of. */
const GATED_BY: Readonly<Record<string, string>> = {
  Erf: 'GELU',
  Tanh: 'GELU',
  Sigmoid: 'SiLU',
  Exp: 'SiLU',
  HardSigmoid: 'HardSwish',
  Clip: 'HardSwish',
  'Softplus Tanh': 'Mish',
}

const FUNCTIONS = new Set(['Erf', 'Tanh', 'Sigmoid', 'Exp', 'HardSigmoid', 'Clip', 'Softplus'])
const ARITHMETIC = new Set(['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Neg', 'Reciprocal'])
const PRODUCTS = new Set(['Mul', 'Div'])

/** More nodes than any of these is written in. */
const MOST_NODES = 16

/**
 * The non-monotone activation behind a tensor x that exporters write as a product of x with a function of
 * x, such as x · ½(1 + erf(x / √2)); null where all that takes x is not part of one.
 *
 * It grows what is computed elementwise from x and constants alone, until it comes to such a product.
 */
export async function selfGatingAfter(known: Known, x: string): Promise<string | null> {
  const { model } = known
  /** The functions between x and each tensor that is computed from it alone. */
  const behind = new Map<string, ReadonlySet<string>>([[x, new Set()]])
  const reached = new Set<NodeProto>()
  // A map grows while it is walked, so this goes on behind what is found.
  for (const [tensor] of behind) {
    for (const node of model.consumers.get(tensor) ?? []) {
      const operands = reached.has(node) ? null : await computedOperands(known, node, behind)
      if (!operands) continue
      reached.add(node)
      if (reached.size > MOST_NODES) return null
      const functions = new Set(operands.flatMap(operand => [...(behind.get(operand) ?? [])]))
      if (FUNCTIONS.has(node.opType ?? '')) functions.add(node.opType ?? '')
      behind.set(node.output[0], functions)
      const name = operands.length === 2 && PRODUCTS.has(node.opType ?? '') && GATED_BY[named(functions)]
      const isAll = model.consumers.get(x)?.every(taker => reached.has(taker))
      if (name && isAll) return name
    }
  }
  return null
}

const named = (functions: ReadonlySet<string>): string => [...functions].sort().join(' ')

/** The inputs of an elementwise node that come from x, the others being single numbers; null elsewhere. */
async function computedOperands(
  { constant }: Known,
  node: NodeProto,
  behind: ReadonlyMap<string, unknown>,
): Promise<string[] | null> {
  if (isTransparent(node)) return behind.has(node.input[0]) ? [node.input[0]] : null
  const opType = node.opType ?? ''
  if (!isOwnOperator(node) || !(FUNCTIONS.has(opType) || ARITHMETIC.has(opType))) return null
  const operands: string[] = []
  for (const input of node.input.filter(Boolean)) {
    if (behind.has(input)) {
      operands.push(input)
      continue
    }
    const found = await constant(input)
    if ('reason' in found || product(found.dims) !== 1) return null
  }
  return operands
}
