import { type Matrix, zeros } from '../../math/matrix.ts'
import type { FeatureRows } from '../../math/rows.ts'
import { GraphBuilder } from '../../onnx/builder.ts'
import { matrixTensor, type Runtime, withSession } from '../../runtime/runtime.ts'
import { featuresInput, linear, shapeRows, weightedSum } from '../head/head-graph.ts'
import { lossOf } from '../head/loss.ts'
import { headShape, type Problem } from '../head/problem.ts'

type Doubles = Matrix<Float64Array>

/** Numbers of the products f ⊗ p that are held at once: 16 MiB. */
const PRODUCT_NUMBERS = 2 ** 22

/**
 * The Hessian of the softmax head at Θ without its regulariser, rows and columns in the order of Θ [d (+1), c]:
 *
 *   H = 1/n Σᵢ (diag(pᵢ) − pᵢpᵢᵀ) ⊗ f̃ᵢf̃ᵢᵀ,   by uᵢ = f̃ᵢ ⊗ pᵢ of each example:
 *   H_(aj)(bk) = 1/n Σᵢ (δ_jk f̃ᵢ_b uᵢ_(aj) − uᵢ_(aj) uᵢ_(bk))
 *
 * in single precision, with sums over blocks in double.
 *
 * @param weights how much each example counts [n]
 */
export async function softmaxHessian(
  runtime: Runtime,
  problem: Problem,
  theta: Doubles,
  weights: Float32Array,
): Promise<Doubles> {
  const { features } = problem
  const { c } = headShape(problem)
  const rows = theta.rows
  const size = rows * c
  const hessian = zeros(size, size)
  const { data } = hessian
  await withSession(runtime, softmaxHessianGraph(problem), async session => {
    const thetaTensor = matrixTensor({ rows, cols: c, data: new Float32Array(theta.data) })
    for await (const { start, matrix } of features.blocks(Math.max(1, Math.floor(PRODUCT_NUMBERS / size)))) {
      const roots = weights.slice(start, start + matrix.rows).map(Math.sqrt)
      const inputs = {
        features: matrixTensor(matrix),
        theta: thetaTensor,
        roots: matrixTensor({ rows: matrix.rows, cols: 1, data: roots }),
      }
      const { outer, own } = await session.run(inputs, ['outer', 'own'])
      const [outerData, ownData] = [outer.data as Float32Array, own.data as Float32Array]
      for (let i = 0; i < data.length; i++) data[i] -= outerData[i]
      for (let b = 0; b < rows; b++) {
        for (let aj = 0; aj < size; aj++) data[aj * size + b * c + (aj % c)] += ownData[b * size + aj]
      }
    }
  })
  for (let i = 0; i < data.length; i++) data[i] /= features.rows
  return hessian
}

function softmaxHessianGraph(problem: Problem): Uint8Array {
  const shape = headShape(problem)
  const { c } = shape
  const rows = shapeRows(shape)
  const g = new GraphBuilder('softmax-hessian')
  const features = featuresInput(g, problem.features, 'float32')
  const theta = g.input('theta', 'float32', [rows, c])
  const p = g.op('Softmax', [linear(g, features, theta, shape)], { axis: 1 })
  // Probabilities sum to the constant feature.
  const whole = shape.constant ? g.op('Concat', [features, g.sum(p, 1)], { axis: 1 }) : features
  const extended = g.op('Mul', [whole, g.input('roots', 'float32', ['rows', 1])])
  const product = g.op('Mul', [
    g.op('Reshape', [extended, g.integers([-1, rows, 1])]),
    g.op('Reshape', [p, g.integers([-1, 1, c])]),
  ])
  const u = g.op('Reshape', [product, g.integers([-1, rows * c])])
  g.output('outer', g.op('Gemm', [u, u], { transA: 1 }))
  g.output('own', g.op('Gemm', [extended, u], { transA: 1 }))
  return g.build()
}

/** How the loss curves at each example of the problem, as its `slopes` say [n, c] or [n, 1]. */
export async function slopesOf(
  runtime: Runtime,
  problem: Problem,
  theta: Doubles,
): Promise<Matrix<Float32Array>> {
  const { features, activation } = problem
  const shape = headShape(problem)
  const g = new GraphBuilder('slopes')
  const input = featuresInput(g, features, 'float32')
  const phi = linear(g, input, g.input('theta', 'float32', [theta.rows, shape.c]), shape)
  g.output('slopes', lossOf(activation).slopes(g, phi, shape.c))
  const parts: Float32Array[] = []
  await withSession(runtime, g.build(), async session => {
    const thetaTensor = matrixTensor({ ...theta, data: new Float32Array(theta.data) })
    for await (const { matrix } of features.blocks(blockOf(features))) {
      const { slopes } = await session.run({ features: matrixTensor(matrix), theta: thetaTensor }, ['slopes'])
      parts.push(slopes.data as Float32Array)
    }
  })
  const data = new Float32Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    data.set(part, at)
    at += part.length
  }
  return { rows: features.rows, cols: data.length / features.rows, data }
}

/** 1/n F̃ᵀ diag(w) F̃ [d (+1), d (+1)], w one number an example [n] */
export type GramOf = (weights: Float32Array) => Promise<Doubles>

/** Hands on what makes weighted Gram matrices of the features, in single precision, with sums over blocks in double. */
export function withGram<T>(
  runtime: Runtime,
  problem: Problem,
  use: (gramOf: GramOf) => Promise<T>,
): Promise<T> {
  const { features } = problem
  const shape = headShape(problem)
  const g = new GraphBuilder('gram-matrix')
  const input = featuresInput(g, features, 'float32')
  const weighted = g.op('Mul', [input, g.input('weights', 'float32', ['rows', 1])])
  g.output('gram', weightedSum(g, input, weighted, shape))
  return withSession(runtime, g.build(), session =>
    use(async weights => {
      const gram = zeros(shapeRows(shape), shapeRows(shape))
      for await (const { start, matrix } of features.blocks(blockOf(features))) {
        const part = weights.subarray(start, start + matrix.rows)
        const inputs = {
          features: matrixTensor(matrix),
          weights: matrixTensor({ rows: matrix.rows, cols: 1, data: part }),
        }
        addGram(gram, (await session.run(inputs, ['gram'])).gram.data as Float32Array, features.cols, part)
      }
      for (let i = 0; i < gram.data.length; i++) gram.data[i] /= features.rows
      return gram
    }),
  )
}

const blockOf = ({ cols }: FeatureRows): number => Math.max(256, Math.floor(PRODUCT_NUMBERS / cols))

/** Adds F̃ᵀ diag(w) F [d (+1), d] of a block, and for a constant feature the column that mirrors its row. */
function addGram({ rows, data }: Doubles, part: Float32Array, d: number, weights: Float32Array): void {
  for (let a = 0; a < rows; a++) for (let b = 0; b < d; b++) data[a * rows + b] += part[a * d + b]
  if (rows === d) return
  for (let b = 0; b < d; b++) data[b * rows + d] = data[d * rows + b]
  for (const weight of weights) data[d * rows + d] += weight
}
