import { GraphBuilder } from '../onnx/builder.ts'
import { graph, matrix, type Precision, type SelfCheckGraph, tensor } from './self-check-graph.ts'

/** Just beyond the tiles of 64 that kernels work in, so that what is left over is seen too. */
const [ROWS, D, C] = [70, 65, 10]

/**
 * Graphs such as the fit and its networks are made of: the head (Gemm, Slice), softmax and its loss
 * (ReduceMax, Exp, Log, ReduceSum, ArgMax, Equal, Where), the gradient (Gemm transposed, Concat), the other
 * activations, and in single precision pictures (Conv, MaxPool, GlobalAveragePool), which ONNX Runtime
 * convolves in no other.
 */
export function selfCheckGraphs(precision: Precision): SelfCheckGraph[] {
  const graphs = [head(precision), softmax(precision), gradient(precision), activations(precision)]
  return precision === 'float32' ? [...graphs, picture()] : graphs
}

/** Φ = F Θ with the bias as the last row of Θ  [rows, c] */
function head(precision: Precision): SelfCheckGraph {
  const g = new GraphBuilder('head')
  const [f, theta] = [matrix(g, 'f', ROWS, D, precision), matrix(g, 'theta', D + 1, C, precision)]
  const product = g.op('Gemm', [f.value, g.rows(theta.value, 0, D), g.rows(theta.value, D, D + 1)])
  return graph(g, product, [f, theta], [ROWS, C], (i, j) => {
    let sum = theta.at(D, j)
    for (let a = 0; a < D; a++) sum += f.at(i, a) * theta.at(a, j)
    return sum
  })
}

/** softmax(Φ) − log Σ exp Φ where Φ is largest, softmax(Φ) elsewhere  [rows, c] */
function softmax(precision: Precision): SelfCheckGraph {
  const g = new GraphBuilder('softmax')
  const phi = matrix(g, 'phi', ROWS, C, precision)
  const outputs = g.integers(Array.from({ length: C }, (_, j) => j))
  const largest = g.op('ArgMax', [phi.value], { axis: 1, keepdims: 1 }, 'int64')
  const isLargest = g.op('Equal', [outputs, largest], {}, 'bool')
  const max = g.max(phi.value, 1)
  const exponential = g.op('Exp', [g.op('Sub', [phi.value, max])])
  const total = g.sum(exponential, 1)
  const share = g.op('Div', [exponential, total])
  const less = g.op('Sub', [share, g.op('Add', [g.op('Log', [total]), max])])
  const answer = g.op('Where', [isLargest, less, share], {}, precision)
  return graph(g, answer, [phi], [ROWS, C], (i, j) => {
    const row = Array.from({ length: C }, (_, k) => phi.at(i, k))
    const total = row.reduce((sum, x) => sum + Math.exp(x), 0)
    const isLargest = row.every((x, k) => x < row[j] || k === j)
    return Math.exp(row[j]) / total - (isLargest ? Math.log(total) : 0)
  })
}

/** Fᵀ A with the sum over the rows of A below it  [d + 1, c] */
function gradient(precision: Precision): SelfCheckGraph {
  const g = new GraphBuilder('gradient')
  const [f, a] = [matrix(g, 'f', ROWS, D, precision), matrix(g, 'a', ROWS, C, precision)]
  const product = g.op('Gemm', [f.value, a.value], { transA: 1 })
  const answer = g.op('Concat', [product, g.sum(a.value, 0)], { axis: 0 })
  return graph(g, answer, [f, a], [D + 1, C], (b, j) => {
    let sum = 0
    for (let i = 0; i < ROWS; i++) sum += (b < D ? f.at(i, b) : 1) * a.at(i, j)
    return sum
  })
}

/** relu x · log(1 + e^−|x|) + sigmoid x · tanh x  [rows, c] */
function activations(precision: Precision): SelfCheckGraph {
  const g = new GraphBuilder('activations')
  const x = matrix(g, 'x', ROWS, C, precision)
  const decay = g.op('Exp', [g.op('Neg', [g.op('Abs', [x.value])])])
  const log = g.op('Log', [g.op('Add', [decay, g.scalar(1, precision)])])
  const first = g.op('Mul', [g.op('Relu', [x.value]), log])
  const second = g.op('Mul', [g.op('Sigmoid', [x.value]), g.op('Tanh', [x.value])])
  return graph(g, g.op('Add', [first, second]), [x], [ROWS, C], (i, j) => {
    const z = x.at(i, j)
    return Math.max(z, 0) * Math.log1p(Math.exp(-Math.abs(z))) + Math.tanh(z) / (1 + Math.exp(-z))
  })
}

const [CHANNELS, SIZE, FILTERS] = [3, 10, 10]

/** The mean over all places of the largest of 2 × 2 of relu(picture ∗ filters)  [rows, filters] */
function picture(): SelfCheckGraph {
  const g = new GraphBuilder('picture')
  const x = tensor(g, 'x', [ROWS, CHANNELS, SIZE, SIZE], 'float32')
  const w = tensor(g, 'w', [FILTERS, CHANNELS, 3, 3], 'float32')
  const convolved = g.op('Relu', [
    g.op('Conv', [x.value, w.value], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
  ])
  const pooled = g.op('MaxPool', [convolved], { kernel_shape: [2, 2], strides: [2, 2] })
  const answer = g.op('Flatten', [g.op('GlobalAveragePool', [pooled])], { axis: 1 })
  const pixel = (i: number, k: number, row: number, column: number): number =>
    row < 0 || column < 0 || row >= SIZE || column >= SIZE
      ? 0
      : x.data[((i * CHANNELS + k) * SIZE + row) * SIZE + column]
  const activation = (i: number, filter: number, row: number, column: number): number => {
    let sum = 0
    for (let k = 0; k < CHANNELS; k++) {
      for (let at = 0; at < 9; at++) {
        const weight = w.data[(filter * CHANNELS + k) * 9 + at]
        sum += weight * pixel(i, k, row + Math.floor(at / 3) - 1, column + (at % 3) - 1)
      }
    }
    return Math.max(sum, 0)
  }
  return graph(g, answer, [x, w], [ROWS, FILTERS], (i, filter) => {
    let sum = 0
    for (let row = 0; row < SIZE; row += 2) {
      for (let column = 0; column < SIZE; column += 2) {
        const window = [0, 1, 2, 3].map(at => activation(i, filter, row + (at >> 1), column + (at & 1)))
        sum += Math.max(...window)
      }
    }
    return sum / (SIZE / 2) ** 2
  })
}
