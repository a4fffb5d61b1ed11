import { type Matrix, zeros } from '../../math/matrix.ts'
import type { FeatureRows } from '../../math/rows.ts'
import { GraphBuilder } from '../../onnx/builder.ts'
import { matrixTensor, type Runtime, type Session, withSession } from '../../runtime/runtime.ts'
import { featuresInput, linear, shapeRows, weightedSum } from '../head/head-graph.ts'
import { lossOf } from '../head/loss.ts'
import { headShape, type Problem } from '../head/problem.ts'
import { LowerPanels } from './panels.ts'

type Doubles = Matrix<Float64Array>

/** Numbers of a block of features in double precision: 32 MiB. */
const BLOCK_NUMBERS = 2 ** 22

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
export function curvatureNodes(g: GraphBuilder, phi: ReturnType<typeof linear>, problem: Problem) {
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
 * there: it makes H positive definite and changes no H⁻¹g of a gradient g.
 */
export async function headHessians(
  runtime: Runtime,
  problem: Problem,
  theta: Doubles,
): Promise<LowerPanels[]> {
  const { features } = problem
  const groups = outputGroups(problem)
  const { rows, cols: c } = theta
  const { isSeparate } = lossOf(problem.activation)
  const hessians = groups.map(({ count }) => new LowerPanels(rows * count))
  await withSession(runtime, curvatureGraph(problem), curvatures =>
    withSession(runtime, gramGraph(problem), async gram => {
      const thetaTensor = matrixTensor(theta)
      for await (const { matrix } of features.blocks(blockOf(features))) {
        const block = matrixTensor(matrix)
        const answer = await curvatures.run({ features: block, theta: thetaTensor }, ['curvatures'])
        const p = answer.curvatures.data as Float64Array
        for (const [at, { first, count }] of groups.entries()) {
          for (let j = 0; j < count; j++) {
            for (let k = 0; k <= j; k++) {
              const weights = Float64Array.from({ length: matrix.rows }, (_, i) =>
                curvature(isSeparate, p, i * c, first + j, first + k),
              )
              const part = await gramOf(gram, block, weights, rows)
              hessians[at].add(part, j * rows, k * rows, 1 / features.rows)
            }
          }
        }
      }
    }),
  )
  for (const [at, { count }] of groups.entries()) regularise(hessians[at], problem, rows, count)
  return hessians
}

async function gramOf(
  session: Session,
  features: ReturnType<typeof matrixTensor>,
  weights: Float64Array,
  rows: number,
): Promise<Doubles> {
  const tensor = matrixTensor({ rows: weights.length, cols: 1, data: weights })
  const { gram } = await session.run({ features, weights: tensor }, ['gram'])
  return { rows, cols: rows, data: gram.data as Float64Array }
}

/** 1/n F̃ᵀF̃ + εI [d (+1), d (+1)], as `headHessians`; the constant feature is there if `constant`. */
export async function secondMoment(
  runtime: Runtime,
  features: FeatureRows,
  constant: boolean,
  epsilon: number,
): Promise<LowerPanels> {
  const rows = shapeRows({ d: features.cols, constant })
  const moment = new LowerPanels(rows)
  const g = new GraphBuilder('second-moment')
  buildGram(g, features, constant)
  await withSession(runtime, g.build(), async session => {
    for await (const { matrix } of features.blocks(blockOf(features))) {
      const ones = new Float64Array(matrix.rows).fill(1)
      moment.add(await gramOf(session, matrixTensor(matrix), ones, rows), 0, 0, 1 / features.rows)
    }
  })
  addDiagonal(moment, rows, epsilon)
  return moment
}

function regularise(hessian: LowerPanels, problem: Problem, rows: number, count: number): void {
  const { bias, features, lambda, activation } = problem
  const regularised = bias === 'free' ? features.cols : rows
  for (let j = 0; j < count; j++) addDiagonal(hessian, regularised, 2 * lambda, j * rows)
  if (bias !== 'free' || lossOf(activation).isSeparate) return
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

function gramGraph(problem: Problem): Uint8Array {
  const g = new GraphBuilder('gram')
  buildGram(g, problem.features, headShape(problem).constant)
  return g.build()
}

/** F̃ᵀ diag(w) F̃ of a block. */
function buildGram(g: GraphBuilder, rows: FeatureRows, constant: boolean): void {
  const features = featuresInput(g, rows, 'float64')
  const weights = g.input('weights', 'float64', ['rows', 1])
  const weighted = g.op('Mul', [features, weights])
  const right = constant ? g.op('Concat', [weighted, weights], { axis: 1 }) : weighted
  g.output('gram', weightedSum(g, features, right, { constant }))
}

const blockOf = ({ cols }: FeatureRows): number => Math.max(256, Math.floor(BLOCK_NUMBERS / cols))
