import type { Matrix } from '../../math/matrix.ts'
import { GraphBuilder } from '../../onnx/builder.ts'
import { matrixTensor, type Runtime, type Session } from '../../runtime/runtime.ts'

type Doubles = Matrix<Float64Array>

/** A or Aᵀ times B or Bᵀ, taken from `from` where that is given. */
export interface Product {
  readonly a: Doubles
  readonly b: Doubles
  readonly transA?: boolean
  readonly transB?: boolean
  /** C of C − AB */
  readonly from?: Doubles
}

/** Products of matrices in double precision, each kind loaded when it is first asked for. */
export class Products {
  readonly #runtime: Runtime
  readonly #sessions = new Map<string, Session>()

  constructor(runtime: Runtime) {
    this.#runtime = runtime
  }

  async multiply({ a, b, transA = false, transB = false, from }: Product): Promise<Doubles> {
    const rows = transA ? a.cols : a.rows
    const cols = transB ? b.rows : b.cols
    const session = await this.#session(transA, transB, from !== undefined)
    const inputs = { a: matrixTensor(a), b: matrixTensor(b), ...(from && { from: matrixTensor(from) }) }
    const { product } = await session.run(inputs, ['product'])
    return { rows, cols, data: product.data as Float64Array }
  }

  async release(): Promise<void> {
    for (const session of this.#sessions.values()) await session.release()
  }

  async #session(transA: boolean, transB: boolean, isTaken: boolean): Promise<Session> {
    const key = `${transA} ${transB} ${isTaken}`
    const loaded = this.#sessions.get(key)
    if (loaded) return loaded
    const g = new GraphBuilder('product')
    const [a, b] = ['a', 'b'].map(name => g.input(name, 'float64', [`${name}0`, `${name}1`]))
    const product = g.op('Gemm', [a, b], { transA: Number(transA), transB: Number(transB) })
    g.output('product', isTaken ? g.op('Sub', [g.input('from', 'float64', ['r', 'c']), product]) : product)
    const session = await this.#runtime.load(g.build())
    this.#sessions.set(key, session)
    return session
  }
}
