import { node } from '../../onnx/graphs.ts'
import { type Case, exact, one, weight } from './case.ts'

const einsum = (equation: string, x: number[], w: number[]): Case =>
  one('Einsum', x, { equation }, { weights: [weight('w', w)], from: 13, ...exact })

/** Of x with itself. */
const ofItself = (equation: string, x: number[]): Case => ({
  name: `Einsum ${equation} of x with itself`,
  x,
  from: 13,
  graph: () => ({ nodes: [node('Einsum', ['x', 'x'], 'y', { equation })] }),
})

const product = (x: number[], w: number[], isRight = true): Case => ({
  name: `MatMul ${JSON.stringify([x, w])} ${isRight ? 'right' : 'left'}`,
  x,
  graph: () => ({
    nodes: [node('MatMul', isRight ? ['x', 'w'] : ['w', 'x'], 'y')],
    weights: [weight('w', w)],
  }),
  ...exact,
})

export const EINSUM: Case[] = [
  einsum('bi,ij->bj', [3], [3, 4]),
  einsum('bij, jk', [2, 3], [3, 4]),
  einsum('bihd,hde->bie', [2, 3, 4], [3, 4, 5]),
  einsum('bij,jk->bk', [2, 3], [3, 4]),
  einsum('...i,ij->...j', [2, 3], [3, 4]),
  einsum('b...i,...i->b...', [2, 1, 3], [2, 4, 3]),
  one('Einsum', [2, 3], { equation: 'bij->bji' }, { from: 13, ...exact }),
  one('Einsum', [2, 3], { equation: 'bij->bj' }, { from: 13, ...exact }),
  ofItself('bqd,bkd->bqk', [3, 4]),
  ofItself('bqd,bqd->bq', [3, 4]),
  product([2, 3], [3]),
  product([4, 3], [4], false),
  product([1, 2, 3], [4, 3, 2]),
]
