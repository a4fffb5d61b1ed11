import { type Matrix, rowOf } from '../../math/matrix.ts'
import { allRows, type Dtype, memoryRows, type Rows, withoutRows } from '../../math/rows.ts'
import type { TestPoint } from '../../method/attribution/attribution.ts'
import type { AttributionSource } from '../../method/attribution/methods.ts'
import { fitHead } from '../../method/fit/fit.ts'
import { headShape, type Problem } from '../../method/head/problem.ts'
import { labelTargets } from '../../method/head/targets.ts'
import type { Task } from '../../method/head/task.ts'
import { predictedPoint, risingTarget } from '../../method/truth/outputs.ts'
import { randomRows } from '../../method/truth/subsets.ts'
import type { Activation } from '../../onnx/activation.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { ExplainerReader } from '../../store/read.node.ts'
import { UserError } from '../../user-error.ts'
import { readExamples, readHead, readRows } from '../explainer/files.node.ts'
import type { GivenHead } from '../explainer/given-head.ts'
import { inMemory, storedFeatures, storedValues } from '../explainer/stored-rows.ts'

/** The problem that an explainer's fit solved, what is known beside it, and the test examples. */
export interface Setting extends Pick<AttributionSource, 'problem' | 'theta' | 'given' | 'classes'> {
  readonly points: readonly TestPoint[]
  /** The class of each training example, by its label or else as the model decides [n]; null where outputs are none */
  readonly groups: Int32Array | null
  readonly heldOut: boolean
}

/** The setting before the head is fitted again and asked: Θ is the one that is stored. */
export type Begun = Omit<Setting, 'points'>

/** What is read of an explainer before anything is fitted. */
export interface Stored {
  readonly reader: ExplainerReader
  readonly theta: Matrix<Float64Array>
  readonly givenHead: GivenHead | null
  readonly train: TrainLabels
  /** Training examples that stand for test examples, where there are none of these; else none */
  readonly heldOut: ReadonlySet<number>
  /** Rows of the test examples, in the split that they are from */
  readonly rows: Int32Array
}

interface TrainLabels {
  /** Classes [n] */
  readonly labels: Int32Array | null
  /** Labels that are numbers [n, c] */
  readonly values: Matrix<Float32Array> | null
  readonly predicted: Int32Array
}

/** At most this share of the training examples is held out. */
const MOST_HELD_OUT = 0.2

/** Errors: UserError where there are too few training examples. */
export async function readStored(reader: ExplainerReader, tests: number, seed: number): Promise<Stored> {
  const { n, tests: stored } = reader.manifest
  const most = stored > 0 ? stored : Math.floor(MOST_HELD_OUT * n)
  if (most === 0 || n < 2) {
    throw new UserError('value', `${reader.directory}: ${n} training examples, expected 5 or more`)
  }
  const rows = randomRows(stored > 0 ? stored : n, Math.min(tests, most), seed)
  const { theta, given } = await readHead(reader, '')
  return {
    reader,
    theta,
    givenHead: given,
    train: await trainLabels(reader),
    heldOut: new Set(stored > 0 ? [] : rows),
    rows,
  }
}

async function trainLabels(reader: ExplainerReader): Promise<TrainLabels> {
  const { labels, predicted } = await readExamples(reader, 'train/examples.parquet', reader.manifest.n)
  return { labels, predicted, values: await storedValues(reader, 'train') }
}

/** Reads the problem of the explained fit, without the examples that are held out. */
export async function openProblem({ reader, train, heldOut, givenHead, theta }: Stored): Promise<Begun> {
  const { n, c, lambda, bias, activation, task } = reader.manifest
  const all = await storedFeatures(reader, 'train')
  const targets = await readRows(reader, 'train/targets.npy', [n, c], ['float32'])
  const problem: Problem = {
    features: await inMemory(withoutRows(all, heldOut)),
    targets: memoryRows(await allRows(withoutRows(targets, heldOut))),
    activation: activation as Activation,
    lambda,
    bias,
  }
  const kept = Array.from({ length: n }, (_, row) => row).filter(row => !heldOut.has(row))
  const labels = train.labels && Int32Array.from(kept, row => train.labels?.[row] as number)
  const isClasses = task === 'classification' && c > 1
  const labelRows = train.values
    ? withoutRows(memoryRows(train.values), heldOut)
    : labels && labelsAreTargets(task, problem) && labelTargets(labels, c)
  const given = givenHead && givenTheta(givenHead, problem)
  return {
    problem,
    theta,
    heldOut: heldOut.size > 0,
    groups: isClasses ? (labels ?? Int32Array.from(kept, row => train.predicted[row])) : null,
    ...(isClasses && labels && { classes: labels }),
    ...(given && labelRows && { given: { theta: given, labels: labelRows } }),
  }
}

/**
 * Fits the head again where examples are held out, and asks it about the test examples.
 *
 * @param onFit told before that fit
 */
export async function fitSetting(
  runtime: Runtime,
  stored: Stored,
  begun: Begun,
  { onFit, signal }: { readonly onFit: () => void; readonly signal: AbortSignal | undefined },
): Promise<Setting> {
  const { problem, heldOut } = begun
  let { theta } = begun
  if (heldOut) {
    onFit()
    const { gap } = stored.reader.manifest
    theta = (await fitHead(runtime, problem, { gap, start: theta, signal })).theta
  }
  return { ...begun, theta, points: await testPoints(stored, problem, theta) }
}

/** The given head as Θ [d (+1), c]; null where it has a bias and the fit has none. */
function givenTheta({ weight, bias }: GivenHead, problem: Problem): Matrix<Float64Array> | null {
  const { d, c, constant } = headShape(problem)
  if (bias && !constant) return null
  const theta = { rows: d + Number(constant), cols: c, data: new Float64Array((d + Number(constant)) * c) }
  theta.data.set(weight.data)
  if (bias) theta.data.set(bias, d * c)
  return theta
}

/** Test examples, each asked about the output that the head predicts, and about a loss that falls as it rises. */
async function testPoints(
  { reader, rows, heldOut }: Stored,
  problem: Problem,
  theta: Matrix<Float64Array>,
): Promise<TestPoint[]> {
  const features: Rows<Dtype> = await storedFeatures(reader, heldOut.size > 0 ? 'train' : 'test')
  const found = await features.fetch(rows)
  return Array.from(rows, (_, t) => {
    const point = predictedPoint(theta, rowOf(found, t).slice())
    return areLikelihoods(problem)
      ? { ...point, target: risingTarget(theta, problem.activation, point) }
      : point
  })
}

/** Whether outputs are likelihoods, towards which a loss can pull. */
export const areLikelihoods = ({ activation }: Problem): boolean =>
  activation === 'softmax' || activation === 'sigmoid'

/** Whether the loss can pull towards labels: not of hidden units, and towards classes where outputs are likelihoods. */
const labelsAreTargets = (task: Task, problem: Problem): boolean =>
  task === 'classification' ? areLikelihoods(problem) : task !== 'units'
