import { einsum } from './einsum.ts'
import type { Emitter, Sizes } from './emitter.ts'
import { type Rules, range, type Step } from './rule.ts'

export const PRODUCTS: Rules = {
  MatMul: {
    adjoint: step => {
      const { e, y, node } = step
      const [a, b] = node.input
      const [sizesA, sizesB, sizesY] = [a, b, y].map(tensor => step.sizes(tensor))
      // A vector is a row on the left and a column on the right, and what comes of it has an axis less.
      const [isRow, isColumn] = [sizesA.length === 1, sizesB.length === 1]
      const [rows, columns] = [isRow ? [1, ...sizesA] : sizesA, isColumn ? [...sizesB, 1] : sizesB]
      const outer = sizesY.slice(0, sizesY.length - (isRow ? 0 : 1) - (isColumn ? 0 : 1))
      const whole = [...outer, rows[rows.length - 2], columns[columns.length - 1]]
      const matrix = (tensor: string, sizes: Sizes, is: boolean) => (is ? e.reshape(tensor, sizes) : tensor)
      const g = matrix(step.g, whole, isRow || isColumn)
      const left = () => e.op('MatMul', [g, turned(e, matrix(b, columns, isColumn), columns.length)])
      const right = () => e.op('MatMul', [turned(e, matrix(a, rows, isRow), rows.length), g])
      const part = (product: string, inner: Sizes, of: Sizes, is: boolean) =>
        matrix(e.unbroadcast(product, [...outer, ...inner.slice(-2)], inner), of, is)
      return [
        step.wants(0) ? part(left(), rows, sizesA, isRow) : null,
        step.wants(1) ? part(right(), columns, sizesB, isColumn) : null,
      ]
    },
  },
  Einsum: { adjoint: einsum },
  Gemm: {
    adjoint: step => {
      const { e, g, y, node } = step
      const [a, b, c] = node.input
      const [transA, transB] = [step.int('transA', 0), step.int('transB', 0)]
      const scaled = scaledBy(step, g, step.float('alpha', 1))
      const gemm = (left: string, right: string, turnLeft: number, turnRight: number) =>
        e.op('Gemm', [left, right], { transA: turnLeft, transB: turnRight })
      const left = () => (transA ? gemm(b, scaled, transB, 1) : gemm(scaled, b, 0, 1 - transB))
      const right = () => (transB ? gemm(scaled, a, 1, transA) : gemm(a, scaled, 1 - transA, 0))
      const added = () =>
        e.unbroadcast(scaledBy(step, g, step.float('beta', 1)), step.sizes(y), step.sizes(c))
      return [step.wants(0) ? left() : null, step.wants(1) ? right() : null, step.wants(2) ? added() : null]
    },
  },
}

/** With its last two axes exchanged. */
const turned = (e: Emitter, tensor: string, rank: number): string =>
  e.op('Transpose', [tensor], { perm: [...range(0, rank - 2), rank - 1, rank - 2] })

const scaledBy = ({ e }: Step, tensor: string, factor: number): string =>
  factor === 1 ? tensor : e.scale(tensor, factor)
