import type { GraphBuilder, Value } from '../onnx/builder.ts'
import type { Tensor } from './runtime.ts'

export type Precision = 'float32' | 'float64'

/** A small graph with its inputs, and what it gives. */
export interface SelfCheckGraph {
  readonly name: string
  readonly model: Uint8Array
  readonly inputs: Readonly<Record<string, Tensor>>
  /** Its output `answer`, worked out here in double precision and one number at a time. */
  readonly expected: Float64Array
}

interface Input {
  readonly name: string
  readonly value: Value
  readonly type: Precision
  readonly dims: readonly number[]
  readonly data: Float32Array | Float64Array
}

/** An input of numbers between −1 and 1 that never repeat. */
export function tensor(g: GraphBuilder, name: string, dims: readonly number[], type: Precision): Input {
  const length = dims.reduce((total, size) => total * size, 1)
  const wave = (_: unknown, i: number): number => Math.sin(1 + i * (name.charCodeAt(0) / 50))
  const data = type === 'float32' ? Float32Array.from({ length }, wave) : Float64Array.from({ length }, wave)
  return { name, value: g.input(name, type, dims), type, dims, data }
}

/** The same [rows, cols], whose numbers can be asked for. */
export function matrix(g: GraphBuilder, name: string, rows: number, cols: number, type: Precision) {
  const input = tensor(g, name, [rows, cols], type)
  return { ...input, at: (i: number, j: number): number => input.data[i * cols + j] }
}

/**
 * The graph that gives `answer`.
 *
 * @param entry row i and column j of the answer [rows, cols]
 */
export function graph(
  g: GraphBuilder,
  answer: Value,
  inputs: readonly Input[],
  [rows, cols]: readonly [number, number],
  entry: (i: number, j: number) => number,
): SelfCheckGraph {
  g.output('answer', answer)
  return {
    name: g.name,
    model: g.build(),
    inputs: Object.fromEntries(inputs.map(({ name, type, dims, data }) => [name, { type, dims, data }])),
    expected: Float64Array.from({ length: rows * cols }, (_, at) => entry(Math.floor(at / cols), at % cols)),
  }
}
