import { type Rules, range, type Step } from './rule.ts'

export const PRODUCTS: Rules = {
  MatMul: {
    adjoint: step => {
      const { e, g, y, node } = step
      const [a, b] = node.input
      if (step.sizes(a).length < 2 || step.sizes(b).length < 2) step.refuse('a vector')
      const part = (product: string, of: string) => e.unbroadcast(product, step.sizes(y), step.sizes(of))
      return [
        step.wants(0) ? part(e.op('MatMul', [g, turned(step, b)]), a) : null,
        step.wants(1) ? part(e.op('MatMul', [turned(step, a), g]), b) : null,
      ]
    },
  },
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
function turned(step: Step, tensor: string): string {
  const rank = step.sizes(tensor).length
  return step.e.op('Transpose', [tensor], { perm: [...range(0, rank - 2), rank - 1, rank - 2] })
}

const scaledBy = ({ e }: Step, tensor: string, factor: number): string =>
  factor === 1 ? tensor : e.scale(tensor, factor)
