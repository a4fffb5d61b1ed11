import { attribute, isOwnOperator } from '../model.ts'
import {
  bareLinear,
  findBias,
  findWeight,
  type Known,
  type Matcher,
  nodeName,
  type Refusal,
  scaled,
  shifted,
} from './linear.ts'

/** alpha · features · B + beta · C */
export const matchGemm: Matcher = async (search, node) => {
  if (attribute(node, 'transA')?.i) return { node, reason: 'its features are transposed (transA = 1)' }
  const weight = await findWeight(search, node, 1, attribute(node, 'transB')?.i ? 'cd' : 'dc')
  if ('reason' in weight) return weight
  const [alpha, beta] = [attribute(node, 'alpha')?.f ?? 1, attribute(node, 'beta')?.f ?? 1]
  const product = scaled(
    bareLinear(node, weight, {
      op: 'Gemm',
      features: node.input[0],
      form: 'rows',
      spatialAxes: 0,
      logits: node.output[0],
    }),
    alpha,
  )
  if (!node.input[2]) return product
  const bias = await findBias(search, node, node.input[2], weight.c)
  return 'reason' in bias ? bias : shifted(product, bias, beta)
}

/** features · W */
export const matchMatMul: Matcher = async (search, node) => {
  const weight = await findWeight(search, node, 1, 'dc')
  if ('reason' in weight) {
    const first = await search.constant(node.input[0])
    if ('reason' in first) return weight
    return {
      node,
      reason: 'its weight stands first and what it gives is not transposed back, expected features · weight',
    }
  }
  return bareLinear(node, weight, {
    op: 'MatMul',
    features: node.input[0],
    form: 'rows',
    spatialAxes: 0,
    logits: node.output[0],
  })
}

/** (W · featuresᵀ)ᵀ, as some JAX exports write features · Wᵀ. */
export const matchTransposed: Matcher = async (search, node) => {
  const product = search.model.producers.get(node.input[0])
  const turned = product && search.model.producers.get(product.input[1])
  if (
    product?.opType !== 'MatMul' ||
    turned?.opType !== 'Transpose' ||
    ![product, turned].every(isOwnOperator)
  ) {
    return { node, reason: 'it is transposed, expected (weight · featuresᵀ)ᵀ behind it' }
  }
  for (const transpose of [node, turned]) {
    const perm = attribute(transpose, 'perm')?.ints ?? []
    if (perm.length > 0 && perm.join() !== '1,0') {
      return { node, reason: `${nodeName(transpose)} turns axes [${perm.join(', ')}], expected [1, 0]` }
    }
  }
  const weight = await findWeight(search, product, 0, 'cd')
  if ('reason' in weight) return weight
  return bareLinear(product, weight, {
    op: 'MatMul',
    features: turned.input[0],
    form: 'rows',
    spatialAxes: 0,
    logits: node.output[0],
  })
}

/** bd,dc→bc or bd,cd→bc, in any letters, the weight first or second. */
export const matchEinsum: Matcher = async (search, node) => {
  const equation = new TextDecoder().decode(attribute(node, 'equation')?.s).replaceAll(/\s/g, '')
  const refusal: Refusal = {
    node,
    reason: `its equation is "${equation}", expected features and a constant weight as in bd,dc->bc or bd,cd->bc`,
  }
  const terms = /^([a-z]{2}),([a-z]{2})->([a-z])([a-z])$/i.exec(equation)
  if (!terms || node.input.length !== 2) return refusal
  const [operands, [b, c]] = [terms.slice(1, 3), terms.slice(3)]
  const at = await constantOperand(search, node.input)
  if (at === null) return { node, reason: 'both of its operands are computed, expected a constant weight' }

  const features = operands[1 - at]
  const d = features[1]
  const axes = { [d + c]: 'dc', [c + d]: 'cd' } as const
  const order = axes[operands[at]]
  if (features[0] !== b || d === c || d === b || b === c || !order) return refusal
  const weight = await findWeight(search, node, at, order)
  if ('reason' in weight) return weight
  return bareLinear(node, weight, {
    op: 'Einsum',
    features: node.input[1 - at],
    form: 'rows',
    spatialAxes: 0,
    logits: node.output[0],
  })
}

/** Which of two operands is a constant; the second where both are; null where none is. */
export async function constantOperand(known: Known, inputs: readonly string[]): Promise<0 | 1 | null> {
  for (const at of [1, 0] as const) {
    if (!('reason' in (await known.constant(inputs[at] ?? '')))) return at
  }
  return null
}
