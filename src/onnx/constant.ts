import { product, reshaped, transposed, withAxes, withoutAxes } from './constant-shape.ts'
import {
  attribute,
  ELEMENT_TYPE,
  type ElementType,
  isOwnOperator,
  layerName,
  type OnnxModel,
} from './model.ts'
import type { AttributeProto, NodeProto } from './proto.ts'
import {
  type Constant,
  MAX_AXES,
  type NotConstant,
  type Numbers,
  type ReadExternal,
  readTensor,
} from './tensor.ts'

/** What a rule is given: the node, and its inputs once they are folded themselves. */
interface Folding {
  readonly node: NodeProto
  readonly opset: number
  attribute(name: string): AttributeProto | undefined
  input(at: number): Promise<Constant | NotConstant>
}

type Fold = (folding: Folding) => Promise<Constant | NotConstant>

/** More operators than any exporter puts behind a weight. */
const MAX_DEPTH = 64

/**
 * A tensor that the file holds, through the few operators that exporters put behind weights. Everything else
 * is computed: folding more would be running the model.
 */
export async function constantOf(
  model: OnnxModel,
  tensor: string,
  readExternal: ReadExternal,
): Promise<Constant | NotConstant> {
  // What was found already, lest a file in which everything is used twice takes forever.
  const known = new Map<string, Constant | NotConstant>()
  return fold(tensor, new Set())

  async function fold(tensor: string, path: ReadonlySet<string>): Promise<Constant | NotConstant> {
    const earlier = known.get(tensor)
    if (earlier) return earlier
    const found = await foldAnew(tensor, path)
    const answer = 'reason' in found ? found : { ...found, numbers: once(found.numbers) }
    known.set(tensor, answer)
    return answer
  }

  async function foldAnew(tensor: string, path: ReadonlySet<string>): Promise<Constant | NotConstant> {
    if (!tensor) return { reason: 'is missing' }
    if (path.has(tensor)) return { reason: 'is computed from itself, the graph goes in circles' }
    if (path.size > MAX_DEPTH) return { reason: `stands behind more than ${MAX_DEPTH} operators` }
    const initializer = model.initializers.get(tensor)
    if (initializer) return readTensor(model.name, initializer, readExternal)
    const node = model.producers.get(tensor)
    if (!node) return { reason: `is the input ${tensor} of the model` }
    if (node.opType === 'Constant') return constantNode(model, node, readExternal)
    const rule = isOwnOperator(node) ? FOLDS[node.opType ?? ''] : undefined
    if (!rule) return { reason: `is computed by ${layerName(node)} (${node.opType ?? 'no operator'})` }
    const further = new Set([...path, tensor])
    return rule({
      node,
      opset: model.opset,
      attribute: name => attribute(node, name),
      input: at => fold(node.input[at] ?? '', further),
    })
  }
}

/** `read`, whose answer is kept: what stands behind a constant may use it many times. */
function once<T>(read: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined
  return () => {
    answer ??= read()
    return answer
  }
}

/** Numbers that are at hand. */
const held = (dims: number[], type: ElementType, data: Numbers): Constant => ({
  dims,
  type,
  numbers: async () => data,
})

function constantNode(model: OnnxModel, node: NodeProto, readExternal: ReadExternal): Constant | NotConstant {
  const given = (name: string) => attribute(node, name)
  const tensor = given('value')?.t
  if (tensor) return readTensor(model.name, tensor, readExternal)
  const [float, int] = [given('value_float')?.f, given('value_int')?.i]
  const [floats, ints] = [given('value_floats')?.floats, given('value_ints')?.ints]
  if (float !== undefined) return held([], 'float32', Float32Array.of(float))
  if (int !== undefined) return held([], 'int64', Float64Array.of(int))
  if (floats) return held([floats.length], 'float32', Float32Array.from(floats))
  if (ints) return held([ints.length], 'int64', Float64Array.from(ints))
  return { reason: 'is a constant of another kind' }
}

/** A rule for an operator of one input. */
const unary =
  (rule: (source: Constant, folding: Folding) => Constant | NotConstant): Fold =>
  async folding => {
    const source = await folding.input(0)
    return 'reason' in source ? source : rule(source, folding)
  }

/** A rule for an operator whose list of integers is an attribute, or its second input since some operator set. */
const withIntegers =
  (
    name: string,
    since: number,
    rule: (source: Constant, values: readonly number[], folding: Folding) => Constant | NotConstant,
  ): Fold =>
  async folding => {
    const source = await folding.input(0)
    if ('reason' in source) return source
    if (folding.opset < since) return rule(source, folding.attribute(name)?.ints ?? [], folding)
    if (!folding.node.input[1]) return rule(source, [], folding)
    const values = await folding.input(1)
    if ('reason' in values) return values
    const count = product(values.dims)
    if (count > MAX_AXES) return { reason: `is given ${count} ${name === 'axes' ? 'axes' : 'sizes'}` }
    return rule(source, Array.from(await values.numbers()), folding)
  }

const FOLDS: Readonly<Record<string, Fold>> = {
  Identity: unary(source => source),
  Cast: unary((source, { node, attribute }) => cast(source, attribute('to')?.i, node)),
  // CLIP and its kin keep the logarithm of their logit scale.
  Exp: unary(source => ({
    ...source,
    numbers: async () => (await source.numbers()).map(Math.exp),
  })),
  Transpose: unary((source, { attribute }) => transposed(source, attribute('perm')?.ints)),
  Flatten: unary((source, { attribute }) => {
    const axis = attribute('axis')?.i ?? 1
    const cut = axis < 0 ? axis + source.dims.length : axis
    return reshaped(source, [product(source.dims.slice(0, cut)), product(source.dims.slice(cut))])
  }),
  Reshape: withIntegers('shape', 5, (source, shape) => reshaped(source, shape)),
  Squeeze: withIntegers('axes', 13, (source, axes) => withoutAxes(source, axes)),
  Unsqueeze: withIntegers('axes', 13, (source, axes) => withAxes(source, axes)),
  DequantizeLinear: dequantised,
}

/** To a type as wide as the numbers are kept in; others would round them. */
function cast(source: Constant, to: number | undefined, node: NodeProto): Constant | NotConstant {
  const type = (['float32', 'float64'] as const).find(type => ELEMENT_TYPE[type] === to)
  return type
    ? { ...source, type }
    : { reason: `passes ${layerName(node)}, a Cast to a type without full precision` }
}

/** (x − zero point) · scale, each one number, or one for every position of an axis. */
async function dequantised({ input, node, attribute }: Folding): Promise<Constant | NotConstant> {
  const [source, scale] = [await input(0), await input(1)]
  if ('reason' in source) return source
  if ('reason' in scale) return { reason: `is dequantised by a scale that ${scale.reason}` }
  const zero = node.input[2] ? await input(2) : null
  if (zero && 'reason' in zero) return { reason: `is dequantised by a zero point that ${zero.reason}` }
  if ((attribute('block_size')?.i ?? 0) > 0) {
    return { reason: 'is quantised in blocks, export the model in float32' }
  }

  const { dims } = source
  const axis = attribute('axis')?.i ?? 1
  const at = axis < 0 ? axis + dims.length : axis
  const perAxis = scale.dims.length > 0 && product(scale.dims) !== 1
  const channels = perAxis ? (dims[at] ?? 0) : 1
  if (product(scale.dims) !== channels || (zero && product(zero.dims) !== channels)) {
    return { reason: `is dequantised by ${product(scale.dims)} scales for ${channels} channels` }
  }
  const numbers = async () => {
    const [integers, scales, zeros] = [await source.numbers(), await scale.numbers(), await zero?.numbers()]
    const inner = perAxis ? product(dims.slice(at + 1)) : integers.length
    const data = new Float32Array(integers.length)
    for (let i = 0; i < data.length; i++) {
      const channel = Math.floor(i / inner) % channels
      data[i] = (integers[i] - (zeros?.[channel] ?? 0)) * scales[channel]
    }
    return data
  }
  return { dims, type: scale.type, numbers }
}
