import { type Matrix, zeros } from '../../math/matrix.ts'
import { GraphBuilder } from '../../onnx/builder.ts'
import { matrixTensor, type Runtime, type Session, type Tensor } from '../../runtime/runtime.ts'
import { pairedBlocks } from '../head/blocks.ts'
import { featuresInput, linear, shapeRows } from '../head/head-graph.ts'
import { lossOf } from '../head/loss.ts'
import { headShape, type Problem } from '../head/problem.ts'
import { curvature, curvatureNodes } from './hessian.ts'
import type { FactoredHessian } from './inverse-hessian.ts'
import type { Stoppable } from './stoppable.ts'

type Doubles = Matrix<Float64Array>

/** What the head would say of each training example if it had not seen it, to a whole Newton step (method.md §9). */
export interface Leverages {
  /** δ̃ᵢ = (I − SᵢAᵢ)⁻¹δᵢ, with Aᵢ = 1/n JᵢᵀH⁻¹Jᵢ [n, c] */
  readonly corrected: Doubles
  /** Φᵢ + Aᵢδ̃ᵢ, the left-out logits [n, c] */
  readonly leftOut: Doubles
  /** 1/n gᵢᵀH⁻¹gᵢ = δᵢᵀAᵢδᵢ, self-influence [n] */
  readonly selfInfluence: Float64Array
  /** Cook's distance δ̃ᵢᵀAᵢδ̃ᵢ [n] */
  readonly cooks: Float64Array
}

export interface LeverageOptions extends Stoppable {
  /** Told how many examples are done */
  readonly onProgress?: ((done: number) => void) | undefined
}

/** Numbers of the products f̃ᵢᵀ(H⁻¹)_jk that are held at once. */
const BLOCK_NUMBERS = 2 ** 22

export async function leverages(
  runtime: Runtime,
  problem: Problem,
  theta: Doubles,
  inverse: FactoredHessian,
  { signal, onProgress }: LeverageOptions = {},
): Promise<Leverages> {
  const { features, targets, activation } = problem
  const { c } = headShape(problem)
  const n = features.rows
  const { isSeparate } = lossOf(activation)
  const out = {
    corrected: zeros(n, c),
    leftOut: zeros(n, c),
    selfInfluence: new Float64Array(n),
    cooks: new Float64Array(n),
  }
  const columns = await inverseColumns(inverse, theta.rows, signal)
  const state = await runtime.load(stateGraph(problem))
  const forms = await runtime.load(formsGraph(problem))
  try {
    const size = Math.max(16, Math.floor(BLOCK_NUMBERS / theta.data.length))
    for await (const { start, a, b } of pairedBlocks(features, targets, size)) {
      signal?.throwIfAborted()
      onProgress?.(start)
      const given = { features: matrixTensor(a), targets: matrixTensor(b), theta: matrixTensor(theta) }
      const { phi, p, residual } = await state.run(given, ['phi', 'p', 'residual'])
      const blocks = await formsOf(forms, given.features, columns)
      for (let i = 0; i < a.rows; i++) {
        const at = i * c
        const delta = (residual.data as Float64Array).subarray(at, at + c)
        for (const { first, count } of inverse.groups) {
          const leverage = leverageOf(blocks, first, count, i, n)
          const s = (j: number, k: number) =>
            curvature(isSeparate, p.data as Float64Array, at, first + j, first + k)
          const own = delta.subarray(first, first + count)
          const corrected = correctedResidual(leverage, s, own)
          const moved = times(leverage, corrected)
          const row = start + i
          for (let j = 0; j < count; j++) {
            out.corrected.data[row * c + first + j] = corrected[j]
            out.leftOut.data[row * c + first + j] = Number(phi.data[at + first + j]) + moved[j]
            out.cooks[row] += corrected[j] * moved[j]
          }
          out.selfInfluence[row] += times(leverage, own).reduce((sum, x, j) => sum + x * own[j], 0)
        }
      }
    }
  } finally {
    await state.release()
    await forms.release()
  }
  return out
}

/** The column k of H⁻¹ of a group, from the diagonal on. */
interface InverseColumn {
  readonly output: number
  /** (H⁻¹)_jk beside each other, j = k … [d (+1), (count − k) · (d (+1))] */
  readonly blocks: Tensor
  readonly count: number
}

async function inverseColumns(
  inverse: FactoredHessian,
  rows: number,
  signal: AbortSignal | undefined,
): Promise<InverseColumn[]> {
  const columns: InverseColumn[] = []
  for (const [group, { first, count }] of inverse.groups.entries()) {
    for (let k = 0; k < count; k++) {
      signal?.throwIfAborted()
      const { data } = await inverse.inverseBlocks(group, k)
      const beside = zeros(rows, (count - k) * rows)
      for (let j = 0; j < count - k; j++) {
        for (let a = 0; a < rows; a++) {
          const from = (j * rows + a) * rows
          beside.data.set(data.subarray(from, from + rows), a * beside.cols + j * rows)
        }
      }
      columns.push({ output: first + k, blocks: matrixTensor(beside), count: count - k })
    }
  }
  return columns
}

/** f̃ᵢᵀ(H⁻¹)_jk f̃ᵢ of a block, of each column k its j from the diagonal on [rows, count]. */
type Forms = ReadonlyMap<number, { readonly count: number; readonly data: Float64Array }>

async function formsOf(
  session: Session,
  features: Tensor,
  columns: readonly InverseColumn[],
): Promise<Forms> {
  const forms = new Map<number, { count: number; data: Float64Array }>()
  for (const { output, blocks, count } of columns) {
    const answer = await session.run({ features, blocks }, ['forms'])
    forms.set(output, { count, data: answer.forms.data as Float64Array })
  }
  return forms
}

/** Aᵢ of a group of outputs, of row i of a block. */
function leverageOf(forms: Forms, first: number, count: number, i: number, n: number): Doubles {
  const leverage = zeros(count, count)
  for (let k = 0; k < count; k++) {
    const column = forms.get(first + k)
    if (!column) throw new Error(`no column of output ${first + k}`)
    for (let j = k; j < count; j++) {
      const value = column.data[i * column.count + j - k] / n
      leverage.data[j * count + k] = value
      leverage.data[k * count + j] = value
    }
  }
  return leverage
}

/** (I − S A)⁻¹δ, by Gaussian elimination with row pivots (Golub & Van Loan 2013, algorithm 3.4.1). */
function correctedResidual(
  { rows: c, data: leverage }: Doubles,
  s: (j: number, k: number) => number,
  delta: Float64Array,
): Float64Array {
  const system = zeros(c, c)
  for (let j = 0; j < c; j++) {
    for (let k = 0; k < c; k++) {
      let sum = Number(j === k)
      for (let l = 0; l < c; l++) sum -= s(j, l) * leverage[l * c + k]
      system.data[j * c + k] = sum
    }
  }
  return eliminate(system, delta.slice())
}

/** x with M x = b, over M and b. */
function eliminate({ rows: n, data: m }: Doubles, b: Float64Array): Float64Array {
  for (let k = 0; k < n; k++) {
    let pivot = k
    for (let i = k + 1; i < n; i++) if (Math.abs(m[i * n + k]) > Math.abs(m[pivot * n + k])) pivot = i
    for (let j = 0; j < n; j++) [m[k * n + j], m[pivot * n + j]] = [m[pivot * n + j], m[k * n + j]]
    ;[b[k], b[pivot]] = [b[pivot], b[k]]
    for (let i = k + 1; i < n; i++) {
      const factor = m[i * n + k] / m[k * n + k]
      for (let j = k; j < n; j++) m[i * n + j] -= factor * m[k * n + j]
      b[i] -= factor * b[k]
    }
  }
  for (let k = n - 1; k >= 0; k--) {
    for (let j = k + 1; j < n; j++) b[k] -= m[k * n + j] * b[j]
    b[k] /= m[k * n + k]
  }
  return b
}

function times({ rows, data }: Doubles, x: Float64Array): Float64Array {
  return Float64Array.from({ length: rows }, (_, j) =>
    x.reduce((sum, value, k) => sum + data[j * rows + k] * value, 0),
  )
}

/** Φ, δ, and p or σ′(Φ) of a block. */
function stateGraph(problem: Problem): Uint8Array {
  const shape = headShape(problem)
  const g = new GraphBuilder('leverage-state')
  const features = featuresInput(g, problem.features, 'float64')
  const targets = g.cast(g.input('targets', 'float32', ['rows', shape.c]), 'float64')
  const phi = linear(g, features, g.input('theta', 'float64', [shapeRows(shape), shape.c]), shape)
  g.output('phi', phi)
  g.output('p', curvatureNodes(g, phi, problem))
  g.output('residual', lossOf(problem.activation).residual(g, phi, targets, shape.c))
  return g.build()
}

/** f̃ᵢᵀM f̃ᵢ of each of the M beside each other. */
function formsGraph(problem: Problem): Uint8Array {
  const shape = headShape(problem)
  const rows = shapeRows(shape)
  const g = new GraphBuilder('leverage-forms')
  const features = featuresInput(g, problem.features, 'float64')
  const product = linear(g, features, g.input('blocks', 'float64', [rows, 'columns']), shape)
  const byBlock = g.op('Reshape', [product, g.integers([0, -1, rows])])
  const along = (start: number, end: number) =>
    g.op('Slice', [byBlock, g.integers([start]), g.integers([end]), g.integers([2])])
  const own = g.op('Reshape', [features, g.integers([0, 1, shape.d])])
  let sums = g.sum(g.op('Mul', [along(0, shape.d), own]), 2)
  if (shape.constant) sums = g.op('Add', [sums, along(shape.d, rows)])
  g.output('forms', g.op('Reshape', [sums, g.integers([0, -1])]))
  return g.build()
}
