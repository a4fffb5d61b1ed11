import { ELEMENT_TYPE, type OnnxModel } from './model.ts'
import { encodeModel, type NodeProto, type TypeProto } from './proto.ts'

/**
 * How a tensor is given as rows, one an example: as it is; flattened behind its first axis; or its mean over
 * all axes but the first two.
 */
export type RowForm = 'rows' | 'flat' | 'mean'

/** In rows, or its sizes in place of its numbers. */
type ExposedForm = RowForm | 'sizes'

export interface ExposedTensor {
  readonly tensor: string
  readonly form: ExposedForm
  /** Numbers in a row, to declare the output as float32 [batch, cols]; undeclared where left out. */
  readonly cols?: number
}

/** The operators that make this of a tensor; they have the same form in every operator set. */
const OPERATORS: { readonly [K in ExposedForm]: readonly string[] } = {
  rows: ['Identity'],
  flat: ['Flatten'],
  mean: ['GlobalAveragePool', 'Flatten'],
  sizes: ['Shape'],
}

/**
 * A copy of the model in which tensors inside it are outputs too, each under the name given.
 *
 * Nothing of the model is written again: the wire format merges a message that comes twice, so a second
 * graph of a node or two and one output for each tensor, put behind the file, is enough.
 */
export function exposeTensors(
  model: OnnxModel,
  tensors: Readonly<Record<string, ExposedTensor>>,
): Uint8Array {
  const entries = Object.entries(tensors)
  const addition = encodeModel({
    graph: {
      node: entries.flatMap(([output, exposed]) => exposingNodes(model, output, exposed)),
      output: entries.map(([name, { cols }]) => ({
        name,
        ...(cols !== undefined && { type: rowsOf(model, cols) }),
      })),
      initializer: [],
      input: [],
      valueInfo: [],
    },
  })
  return withAddition(model, addition)
}

/** A model's bytes with those of a further graph behind them, which is merged into its own. */
export function withAddition(model: OnnxModel, addition: Uint8Array): Uint8Array {
  const out = new Uint8Array(model.bytes.byteLength + addition.byteLength)
  out.set(model.bytes)
  out.set(addition, model.bytes.byteLength)
  return out
}

function exposingNodes(model: OnnxModel, output: string, { tensor, form }: ExposedTensor): NodeProto[] {
  const operators = OPERATORS[form]
  let input = tensor
  return operators.map((opType, i) => {
    const isLast = i === operators.length - 1
    const node = {
      opType,
      input: [input],
      output: [isLast ? output : unusedName(model, `${output}_${opType}`)],
      attribute: [],
    }
    input = node.output[0]
    return node
  })
}

/** float32 [batch, cols], with the batch that the model fixes, where it does. */
function rowsOf({ inputs }: OnnxModel, cols: number): TypeProto {
  const batch = inputs[0]?.shape?.[0] ?? null
  const dim = [batch === null ? { dimParam: 'batch' } : { dimValue: batch }, { dimValue: cols }]
  return { tensorType: { elemType: ELEMENT_TYPE.float32, shape: { dim } } }
}

/** `name`, or the first of `name_2`, `name_3` … that no tensor of the model has. */
export function unusedName(model: OnnxModel, name: string): string {
  const used = new Set([
    ...model.inputs.map(input => input.name),
    ...model.initializers.keys(),
    ...model.producers.keys(),
  ])
  let candidate = name
  for (let i = 2; used.has(candidate); i++) candidate = `${name}_${i}`
  return candidate
}

/** What no tensor's name begins with: `prefix`, with further strokes where it has to be. */
export function unusedPrefix({ inputs, initializers, producers }: OnnxModel, prefix: string): string {
  const names = [...inputs.map(({ name }) => name), ...initializers.keys(), ...producers.keys()]
  let unused = prefix
  while (names.some(name => name.startsWith(unused))) unused += '/'
  return unused
}
