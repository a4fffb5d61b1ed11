import { type Activation, activationOf, parseActivation } from './activation.ts'
import { isOverOutputs } from './head.ts'
import { readScalar } from './heads/affine.ts'
import type { Known, Linear } from './heads/linear.ts'
import { constantOperand } from './heads/product.ts'
import { attribute } from './model.ts'
import type { NodeProto } from './proto.ts'

/** σ of a layer, where the network goes on with σ(features · weight + bias). */
export interface Following {
  readonly activation: Activation
  /** What there is to say where what follows is no such σ. */
  readonly note: string | null
}

/** A node that takes a layer's output. */
interface Taker {
  readonly known: Known
  readonly linear: Linear
  readonly node: NodeProto
  /** What it takes: the output itself, or a view of it. */
  readonly tensor: string
}

/** σ as a node computes it; null where it computes none. */
type Reader = (taker: Taker) => Following | null | Promise<Following | null>

const always =
  (following: Following): Reader =>
  () =>
    following

const plain = (activation: Activation): Following => ({ activation, note: null })

/** What to offer where no σ can be (method: a non-monotone one has no convex loss that suits it). */
export const nonMonotone = (name: string): Following => ({
  activation: 'identity',
  note: `${name} behind it is non-monotone, which no convex loss suits: its pre-activation is explained, with the identity`,
})

const overOutputs: Reader = taker => (isOverLayerOutputs(taker) ? plain('softmax') : null)

/** By `operatorName`. */
export const READERS: Readonly<Record<string, Reader>> = {
  Relu: always(plain('relu')),
  Sigmoid: always(plain('sigmoid')),
  Tanh: always(plain('tanh')),
  Softplus: always(plain('softplus')),
  Softmax: overOutputs,
  LogSoftmax: overOutputs,
  LeakyRelu: ({ node }) => withNumbers('leaky-relu', node, float(node, 'alpha', 0.01)),
  Elu: ({ node }) => withNumbers('elu', node, float(node, 'alpha', 1)),
  HardSigmoid: ({ node }) =>
    withNumbers('hard-sigmoid', node, float(node, 'alpha', 0.2), float(node, 'beta', 0.5)),
  PRelu: async ({ known, node }) => {
    const slope = await readScalar(known, node.input[1] ?? '')
    return typeof slope === 'number' ? withNumbers('leaky-relu', node, slope) : null
  },
  Clip: async taker => between(await bound(taker, 1, 'min'), await bound(taker, 2, 'max')),
  // As JAX and TensorFlow write relu, and relu6 in two steps.
  Max: async taker => between(await otherOperand(taker), Number.POSITIVE_INFINITY),
  Min: async taker => between(Number.NEGATIVE_INFINITY, await otherOperand(taker)),
  Gelu: always(nonMonotone('GELU')),
  'com.microsoft.Gelu': always(nonMonotone('GELU')),
  'com.microsoft.FastGelu': always(nonMonotone('GELU')),
  'com.microsoft.QuickGelu': always(nonMonotone('GELU')),
  Swish: always(nonMonotone('SiLU')),
  HardSwish: always(nonMonotone('HardSwish')),
  Mish: always(nonMonotone('Mish')),
}

const float = (node: NodeProto, name: string, usual: number): number => attribute(node, name)?.f ?? usual

function withNumbers(
  name: 'leaky-relu' | 'elu' | 'hard-sigmoid',
  { opType }: NodeProto,
  ...stored: number[]
): Following {
  const numbers = stored.map(shortest)
  const activation = activationOf(name, numbers)
  return parseActivation(activation) ? plain(activation) : nonMonotone(`${opType} with ${numbers.join(', ')}`)
}

/** The number with the fewest digits that float32, in which models keep them, stores as this one: 0.01. */
function shortest(x: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(x.toPrecision(digits))
    if (Math.fround(short) === Math.fround(x)) return short
  }
  return x
}

/** σ that keeps x within two bounds, where both are known. */
function between(low: number | null, high: number | null): Following | null {
  if (low === null || high === null || !(low < high)) return null
  if (low === Number.NEGATIVE_INFINITY && high === Number.POSITIVE_INFINITY) return plain('identity')
  if (low === 0 && high === Number.POSITIVE_INFINITY) return plain('relu')
  return plain(activationOf('clip', [shortest(low), shortest(high)]))
}

const LARGEST_FLOAT32 = (2 - 2 ** -23) * 2 ** 127

/** A bound of Clip, an attribute and since opset 11 an input; infinite where there is none. */
async function bound({ known, node }: Taker, at: 1 | 2, name: 'min' | 'max'): Promise<number | null> {
  const none = name === 'min' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  let value: number | undefined
  if (known.model.opset < 11) value = attribute(node, name)?.f
  else if (node.input[at]) {
    const scalar = await readScalar(known, node.input[at])
    if (typeof scalar !== 'number') return null
    value = scalar
  }
  return value === undefined || Math.abs(value) >= LARGEST_FLOAT32 ? none : value
}

/** The one number that the layer's output is compared with. */
async function otherOperand({ known, node }: Taker): Promise<number | null> {
  const at = node.input.length === 2 ? await constantOperand(known, node.input) : null
  const scalar = at === null ? null : await readScalar(known, node.input[at])
  return typeof scalar === 'number' ? scalar : null
}

/** Views that leave [n, c] as it is, and make it of [n, c, 1, 1]. */
const FLAT_VIEWS: ReadonlySet<string | undefined> = new Set(['Identity', 'Dropout', 'Cast', 'Flatten'])

/** Whether a softmax behind a layer runs over its outputs, not over parts of them that a view has put apart. */
function isOverLayerOutputs({ known: { model }, linear, node, tensor }: Taker): boolean {
  if (!isOverOutputs(model, node)) return false
  const shape = model.tensors.get(tensor)?.shape
  if (shape) return shape.length === 2 && (shape[1] ?? linear.c) === linear.c
  let [at, isFlat] = [tensor, linear.form === 'rows']
  while (at !== linear.logits) {
    const view = model.producers.get(at)
    if (!FLAT_VIEWS.has(view?.opType)) return false
    if (view?.opType === 'Flatten') isFlat = (attribute(view, 'axis')?.i ?? 1) === 1
    at = view?.input[0] ?? ''
  }
  return isFlat
}
