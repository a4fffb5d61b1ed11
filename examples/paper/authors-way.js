// Influence on the loss as the authors' program works it out, and many after it: one training example at a time.

import {
  conjugateGradients,
  cpuRuntime,
  featuresInput,
  GraphBuilder,
  linear,
  lossOf,
  matrixTensor,
  weightedSum,
} from './library.js'

/** Rows of a product with the Hessian that run at once, and iterations at most, as the authors have them. */
const BATCH = 500
const ITERATIONS = 100
/** ‖b − A x‖ / ‖b‖ that single precision reaches. */
const TOLERANCE = 1e-5

/**
 * 1/n ∇L(t)ᵀH⁻¹gᵢ for one test point after another: H⁻¹∇L(t) by conjugate gradients without a preconditioner, whose
 * products with the Hessian run over batches of 500 training examples; then the gradient of each training example
 * by itself, one run of a graph each, in single precision.
 *
 * @param {{ features: object, targets: object, lambda: number }} problem F [n, d] and T [n, c] as matrices
 * @param {object} theta Θ [d + 1, c]
 */
export async function openAuthorsWay(runtime, { features, targets, lambda }, theta) {
  const shape = { d: features.cols, c: targets.cols, constant: true }
  const products = await runtime.load(productGraph(shape))
  // One row is too little to share out: a single thread takes half the time.
  const gradients = await cpuRuntime(1).load(gradientGraph(shape))
  const thetaTensor = single(theta)
  const solve = async right => {
    const solver = conjugateGradients(right, { tolerance: TOLERANCE, maxIterations: ITERATIONS })
    let step = solver.next()
    while (!step.done) {
      const { curve, precondition } = step.value
      step = solver.next(precondition ?? (await product(curve)))
    }
    return step.value.x
  }
  return {
    /** H⁻¹v for v [(d + 1) · c] */
    solve,
    /** 1/n xᵀgᵢ of all training examples [n], for x [(d + 1) · c] */
    async products(x) {
      const n = features.rows
      const values = new Float64Array(n)
      for (let i = 0; i < n; i++) {
        const inputs = { features: batch(features, i, 1), targets: batch(targets, i, 1), theta: thetaTensor }
        const { gradient } = await gradients.run(inputs, ['gradient'])
        for (let k = 0; k < x.length; k++) values[i] += (x[k] * gradient.data[k]) / n
      }
      return values
    },
    release: () => Promise.all([products.release(), gradients.release()]),
  }

  async function product(v) {
    const vTensor = single({ ...theta, data: v })
    const out = v.map(x => 2 * lambda * x)
    for (let start = 0; start < features.rows; start += BATCH) {
      const count = Math.min(BATCH, features.rows - start)
      const inputs = { features: batch(features, start, count), theta: thetaTensor, v: vTensor }
      const { product } = await products.run(inputs, ['product'])
      for (let k = 0; k < out.length; k++) out[k] += product.data[k] / features.rows
    }
    return out
  }
}

/** f̃δᵀ, row-major: the gradient of the loss of one example */
export function outer(extended, residual) {
  return Float64Array.from({ length: extended.length * residual.length }, (_, k) => {
    return extended[Math.floor(k / residual.length)] * residual[k % residual.length]
  })
}

const single = ({ rows, cols, data }) => matrixTensor({ rows, cols, data: Float32Array.from(data) })

const batch = ({ cols, data }, start, count) =>
  matrixTensor({ rows: count, cols, data: data.subarray(start * cols, (start + count) * cols) })

/** Σᵢ f̃ᵢ(Sᵢ f̃ᵢᵀV) of a batch [d + 1, c] */
function productGraph(shape) {
  const g = new GraphBuilder('authors-product')
  const { features, phi } = logits(g, shape)
  const v = g.input('v', 'float32', [shape.d + 1, shape.c])
  const moved = lossOf('softmax').curve(g, phi, linear(g, features, v, shape))
  g.output('product', weightedSum(g, features, moved, shape))
  return g.build()
}

/** f̃ᵢδᵢᵀ [d + 1, c] */
function gradientGraph(shape) {
  const g = new GraphBuilder('authors-gradient')
  const { features, phi } = logits(g, shape)
  const targets = g.input('targets', 'float32', ['rows', shape.c])
  const { residual } = lossOf('softmax').build(g, phi, targets)
  g.output('gradient', weightedSum(g, features, residual, shape))
  return g.build()
}

function logits(g, shape) {
  const features = featuresInput(g, { cols: shape.d, dtype: 'float32' }, 'float32')
  return { features, phi: linear(g, features, g.input('theta', 'float32', [shape.d + 1, shape.c]), shape) }
}
