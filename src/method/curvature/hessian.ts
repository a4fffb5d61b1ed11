import { widened } from '../../math/float16.ts'
import { type Matrix, rowOf, transpose, zeros } from '../../math/matrix.ts'
import type { FeatureRows } from '../../math/rows.ts'
import { GraphBuilder, type Value } from '../../onnx/builder.ts'
import { matrixTensor, type Runtime, type Session, withSession } from '../../runtime/runtime.ts'
import { featuresInput, linear, shapeRows } from '../head/head-graph.ts'
import { lossOf } from '../head/loss.ts'
import { headShape, type Problem } from '../head/problem.ts'
import { LowerPanels } from './panels.ts'
import type { Stoppable } from './stoppable.ts'

type Doubles = Matrix<Float64Array>

/** Numbers of a block of features in double precision: 16 MiB. */
const BLOCK_NUMBERS = 2 ** 21

/** Outputs whose Hessian is one matrix: all of a softmax, each alone of the other activations. */
export interface OutputGroup {
  readonly first: number
  readonly count: number
}

export function outputGroups(problem: Problem): OutputGroup[] {
  const { c } = headShape(problem)
  if (!lossOf(problem.activation).isSeparate) return [{ first: 0, count: c }]
  return Array.from({ length: c }, (_, first) => ({ first, count: 1 }))
}

/** Numbers that `headHessians` keeps of all groups together, whose lower triangles they are. */
export function hessianNumbers(problem: Problem): number {
  const rows = shapeRows(headShape(problem))
  return outputGroups(problem).reduce((sum, { count }) => sum + (rows * count) ** 2 / 2, 0)
}

/** p of softmax, or σ′(Φ) of what is separate [rows, c]: what the curvature Sᵢ of each example is made of. */
export function curvatureNodes(g: GraphBuilder, phi: Value, problem: Problem): Value {
  const loss = lossOf(problem.activation)
  return loss.isSeparate ? loss.slopes(g, phi, problem.targets.cols) : g.op('Softmax', [phi], { axis: 1 })
}

/** (Sᵢ)_jk of one example, by its p or σ′(Φ) that begin at `at`: diag(p) − ppᵀ, or diag(σ′(Φ)). */
export function curvature(isSeparate: boolean, p: Float64Array, at: number, j: number, k: number): number {
  if (isSeparate) return j === k ? p[at + j] : 0
  return p[at + j] * (Number(j === k) - p[at + k])
}

/**
 * The Hessian of the whole objective at Θ, regulariser included, of each group of outputs (method.md §9):
 *
 *   H = 1/n Σᵢ Sᵢ ⊗ f̃ᵢf̃ᵢᵀ + 2λI,   Sᵢ = diag(pᵢ) − pᵢpᵢᵀ or diag(σ′(Φᵢ))
 *
 * in double precision, output by output: entry (j · rows + a, k · rows + b) is of Θ_aj and Θ_bk. A free bias has no
 * 2λ; and since softmax does not see a constant added to all biases, which are held to sum to 0, 11ᵀ/c is added
 * there: it makes H positive definite and changes no H⁻¹g of a gradient g. Nor does the 1 that a free bias gets where
 * its output has no curvature at all, as a unit that is never active: there δ is 0 at a stationary Θ.
 */
export async function headHessians(
  runtime: Runtime,
  problem: Problem,
  theta: Doubles,
  { signal }: Stoppable = {},
): Promise<LowerPanels[]> {
  const { features } = problem
  const groups = outputGroups(problem)
  const { rows, cols: c } = theta
  const hessians = groups.map(({ count }) => new LowerPanels(rows * count))
  await withSession(runtime, curvatureGraph(problem), curvatures =>
    withSession(runtime, stripGraph(), async session => {
      const thetaTensor = matrixTensor(theta)
      for await (const { matrix } of features.blocks(blockOf(features))) {
        const inputs = { features: matrixTensor(matrix), theta: thetaTensor }
        const p = (await curvatures.run(inputs, ['curvatures'])).curvatures.data as Float64Array
        const strips = stripsOf(widened(matrix), headShape(problem).constant)
        const weights = (of: (at: number) => number) =>
          Float64Array.from({ length: matrix.rows }, (_, i) => of(i * c) / features.rows)
        for (const [at, { first, count }] of groups.entries()) {
          signal?.throwIfAborted()
          const hessian = hessians[at]
          if (count === 1) {
            for await (const part of grams(
              session,
              strips,
              weights(i => p[i + first]),
            )) {
              hessian.add(part.matrix, part.start, part.start)
            }
          }
          // Rows of S sum to 0, so what stands beside the diagonal says what stands on it.
          for (let j = 1; j < count; j++) {
            for (let k = 0; k < j; k++) {
              signal?.throwIfAborted()
              const products = weights(i => p[i + first + j] * p[i + first + k])
              for await (const part of grams(session, strips, products)) {
                addPair(hessian, part, j * rows, k * rows)
              }
            }
          }
        }
      }
    }),
  )
  for (const [at, { count }] of groups.entries()) regularise(hessians[at], problem, rows, count)
  return hessians
}

/** Adds a part of G = 1/n F̃ᵀdiag(p_jp_k)F̃ to the blocks of outputs j > k: −G between them, G on the diagonal. */
function addPair(hessian: LowerPanels, { start, matrix }: GramPart, j: number, k: number): void {
  hessian.add(matrix, j + start, j + start)
  hessian.add(matrix, k + start, k + start)
  hessian.add(matrix, j + start, k + start, -1)
  // The rest of the rows that the part has in columns: G is symmetric.
  const { rows, cols, data } = matrix
  const below = { rows: rows - cols, cols, data: data.subarray(cols * cols) }
  hessian.add(transpose(below), j + start, k + start + cols, -1)
}

/** F̃ᵀF̃/n + εI [d (+1), d (+1)], as `headHessians`; the constant feature is there if `constant`. */
export async function secondMoment(
  runtime: Runtime,
  features: FeatureRows,
  constant: boolean,
  epsilon: number,
  { signal }: Stoppable = {},
): Promise<LowerPanels> {
  const rows = shapeRows({ d: features.cols, constant })
  const moment = new LowerPanels(rows)
  await withSession(runtime, stripGraph(), async session => {
    for await (const { matrix } of features.blocks(blockOf(features))) {
      signal?.throwIfAborted()
      const weights = new Float64Array(matrix.rows).fill(1 / features.rows)
      for await (const part of grams(session, stripsOf(widened(matrix), constant), weights)) {
        moment.add(part.matrix, part.start, part.start)
      }
    }
  })
  addDiagonal(moment, rows, epsilon)
  return moment
}

/** Columns of F̃ of a block in double precision. */
interface Strip {
  readonly start: number
  readonly own: Doubles
  /** From these columns on */
  readonly rest: Doubles
}

/** About so many columns a strip: a product of few is slow, and one of many makes more of what is symmetric twice. */
const STRIP = 200

function stripsOf(features: Matrix<Float32Array>, constant: boolean): Strip[] {
  const width = shapeRows({ d: features.cols, constant })
  const count = Math.max(1, Math.round(width / STRIP))
  const edge = (q: number) => Math.floor((q * width) / count)
  return Array.from({ length: count }, (_, q) => ({
    start: edge(q),
    own: columnsOf(features, edge(q), edge(q + 1)),
    rest: columnsOf(features, edge(q), width),
  }))
}

/** Columns `start` to `end` of F̃, where what is beyond the features is 1. */
function columnsOf(features: Matrix<Float32Array>, start: number, end: number): Doubles {
  const out = zeros(features.rows, end - start)
  out.data.fill(1)
  for (let i = 0; i < out.rows; i++) {
    rowOf(out, i).set(rowOf(features, i).subarray(start, Math.min(end, features.cols)))
  }
  return out
}

/** The columns of a Gram matrix that a strip has, from its diagonal on. */
interface GramPart {
  readonly start: number
  readonly matrix: Doubles
}

/** F̃ᵀ diag(w) F̃ of a block, what of it is in the lower triangle and a little more. */
async function* grams(
  session: Session,
  strips: readonly Strip[],
  weights: Float64Array,
): AsyncGenerator<GramPart> {
  const tensor = matrixTensor({ rows: weights.length, cols: 1, data: weights })
  for (const { start, own, rest } of strips) {
    const inputs = { own: matrixTensor(own), rest: matrixTensor(rest), weights: tensor }
    const { gram } = await session.run(inputs, ['gram'])
    yield { start, matrix: { rows: rest.cols, cols: own.cols, data: gram.data as Float64Array } }
  }
}

function regularise(hessian: LowerPanels, problem: Problem, rows: number, count: number): void {
  const { bias, features, lambda, activation } = problem
  const regularised = bias === 'free' ? features.cols : rows
  for (let j = 0; j < count; j++) addDiagonal(hessian, regularised, 2 * lambda, j * rows)
  if (bias !== 'free') return
  if (lossOf(activation).isSeparate) {
    if (hessian.diagonal(rows - 1) === 0) addDiagonal(hessian, 1, 1, rows - 1)
    return
  }
  const share = { rows: 1, cols: 1, data: Float64Array.of(1 / count) }
  for (let j = 0; j < count; j++) {
    for (let k = 0; k <= j; k++) hessian.add(share, j * rows + rows - 1, k * rows + rows - 1)
  }
}

function addDiagonal(matrix: LowerPanels, count: number, value: number, from = 0): void {
  const entry = { ...zeros(1, 1), data: Float64Array.of(value) }
  for (let a = 0; a < count; a++) matrix.add(entry, from + a, from + a)
}

/** p or σ′(Φ) of a block. */
function curvatureGraph(problem: Problem): Uint8Array {
  const shape = headShape(problem)
  const g = new GraphBuilder('curvatures')
  const theta = g.input('theta', 'float64', [shapeRows(shape), shape.c])
  const phi = linear(g, featuresInput(g, problem.features, 'float64'), theta, shape)
  g.output('curvatures', curvatureNodes(g, phi, problem))
  return g.build()
}

/** Restᵀ diag(w) Own */
function stripGraph(): Uint8Array {
  const g = new GraphBuilder('gram')
  const [rest, own] = ['rest', 'own'].map(name => g.input(name, 'float64', ['rows', name]))
  const weighted = g.op('Mul', [own, g.input('weights', 'float64', ['rows', 1])])
  g.output('gram', g.op('Gemm', [rest, weighted], { transA: 1 }))
  return g.build()
}

const blockOf = ({ cols }: FeatureRows): number => Math.max(256, Math.floor(BLOCK_NUMBERS / cols))
