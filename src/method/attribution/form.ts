import type { FeatureRows, Rows } from '../../math/rows.ts'
import { GraphBuilder, type Value } from '../../onnx/builder.ts'
import { matrixTensor, type Runtime, type Session, type Tensor } from '../../runtime/runtime.ts'
import { blocksBeside } from '../head/blocks.ts'
import { featuresInput } from '../head/head-graph.ts'
import type { Attribution, TestPoint } from './attribution.ts'

/** A method as a graph over a block of training examples, in double precision. */
export interface Form {
  /** [n, d] */
  readonly features: FeatureRows
  /** [n, c], where the graph takes them */
  readonly targets?: Rows
  /** Nodes for the values [rows, points]. */
  build(g: GraphBuilder, block: BlockNodes): Value
  /** What the graph is fed with for some points. */
  feed(points: readonly TestPoint[]): Promise<Readonly<Record<string, Tensor>>>
  /** What it is fed with for a block. */
  feedBlock?(start: number, rows: number): Readonly<Record<string, Tensor>>
  /** Numbers of a row and a point that the graph holds at once */
  readonly width: number
  /** Frees what the form holds. */
  release?(): Promise<void>
}

/** A block of training examples in a graph. */
export interface BlockNodes {
  /** [rows, d] */
  readonly features: Value
  /** [rows, c], of a form that takes them; to be asked for once */
  targets(): Value
}

/** Rows and points of a block, so that the numbers that a graph holds are few. */
const [MOST_POINTS, BLOCK_ROWS] = [1024, 512]
const BLOCK_NUMBERS = 2 ** 22

/** Runs a form over all training examples, for so many test points at once as its graph has room for. */
export async function formAttribution(runtime: Runtime, form: Form): Promise<Attribution> {
  const session = await runtime.load(graphOf(form))
  const most = Math.max(1, Math.min(MOST_POINTS, Math.floor(BLOCK_NUMBERS / (BLOCK_ROWS * form.width))))
  return {
    async *values(points) {
      for (let point = 0; point < points.length; point += most) {
        yield* valuesOf(session, form, points.slice(point, point + most), point)
      }
    },
    async release() {
      await session.release()
      await form.release?.()
    },
  }
}

function graphOf(form: Form): Uint8Array {
  const g = new GraphBuilder('attribution')
  const features = featuresInput(g, form.features, 'float64')
  const targets = () => g.cast(g.input('targets', 'float32', ['rows', 'outputs']), 'float64')
  g.output('values', form.build(g, { features, targets }))
  return g.build()
}

async function* valuesOf(session: Session, form: Form, points: readonly TestPoint[], point: number) {
  const fed = await form.feed(points)
  for await (const { start, a, b } of blocksBeside(form.features, form.targets ?? null, BLOCK_ROWS)) {
    const { values } = await session.run(
      {
        ...fed,
        ...form.feedBlock?.(start, a.rows),
        features: matrixTensor(a),
        ...(b && { targets: matrixTensor(b) }),
      },
      ['values'],
    )
    const data = values.data as Float64Array
    yield { start, point, values: { rows: a.rows, cols: points.length, data } }
  }
}
