import type { Sizes } from '../../onnx/adjoint/emitter.ts'
import type { Path } from '../../onnx/adjoint/path.ts'
import { type Probed, probeGraph } from '../../onnx/adjoint/probe.ts'
import type { OnnxModel } from '../../onnx/model.ts'
import type { ExternalData, Runtime, Session, Tensor } from '../../runtime/runtime.ts'
import { loadModel, runModel } from './run.ts'

/** Inputs of a model, by name. */
export type Inputs = Readonly<Record<string, Tensor>>

export interface FoundSizes extends Probed {
  /** Whether the model may be given one input and many seeds. */
  readonly isFree: boolean
}

/**
 * Runs a model on one input and, where its batch is open, on two, to see which sizes of its tensors are the batch's.
 *
 * @param inputs as many as asked for, of the sizes that they will have
 * @param fixed the batch that the model fixes; null where any will do
 */
export async function probe(
  runtime: Runtime,
  model: OnnxModel,
  path: Path,
  externalData: readonly ExternalData[],
  { inputs, fixed }: { readonly inputs: (batch: number) => Inputs; readonly fixed: number | null },
): Promise<FoundSizes> {
  const graph = probeGraph(model, path)
  const session = await loadModel(runtime, model.name, graph.bytes, externalData)
  const found = (batch: number) => readProbe(session, model.name, graph, inputs(batch))
  try {
    const one = await found(fixed ?? 1)
    if (fixed !== null) return { ...one, isFree: false }
    // A model whose file says otherwise may still take no more than one.
    const two = await found(2).catch(() => null)
    const free = two && freeSizes(one, two, path)
    return free ? { ...one, sizes: free, isFree: true } : { ...one, isFree: false }
  } finally {
    await session.release()
  }
}

async function readProbe(
  session: Session,
  name: string,
  graph: ReturnType<typeof probeGraph>,
  inputs: Inputs,
): Promise<{ sizes: Map<string, number[]>; values: Map<string, number[]> }> {
  const answer = await runModel(session, name, inputs, [...graph.sizes.values(), ...graph.values.values()])
  const read = (outputs: ReadonlyMap<string, string>) =>
    new Map([...outputs].map(([tensor, output]) => [tensor, Array.from(answer[output].data, Number)]))
  return { sizes: read(graph.sizes), values: read(graph.values) }
}

/**
 * Sizes that are the batch's as null: those that are 1 for one input and 2 for two. null where that is not what tells
 * the two runs apart, or where a tensor with a gradient has no such axis of its own, or more than one: then one seed
 * cannot stand beside another.
 */
function freeSizes(
  one: Pick<Probed, 'values'> & { sizes: Map<string, number[]> },
  two: typeof one,
  { types }: Path,
): Map<string, Sizes> | null {
  for (const [tensor, values] of one.values) {
    if (values.join() !== two.values.get(tensor)?.join()) return null
  }
  const free = new Map<string, Sizes>()
  for (const [tensor, sizes] of one.sizes) {
    const others = two.sizes.get(tensor) ?? []
    const open = sizes.map((size, axis) => (size === others[axis] ? size : null))
    const axes = open.flatMap((size, axis) => (size === null ? [axis] : []))
    const isBatch = axes.every(axis => sizes[axis] === 1 && others[axis] === 2)
    if (others.length !== sizes.length || !isBatch) return null
    if (axes.length !== 1 && (types.has(tensor) || axes.length > 1)) return null
    free.set(tensor, open)
  }
  return free
}
