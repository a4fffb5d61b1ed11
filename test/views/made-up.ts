import type { ComparedMethod, ComparisonView } from '../../src/views/comparison-view.ts'
import type { EvaluationView, PathSplit, ScoredDetection } from '../../src/views/evaluation-view.ts'
import type {
  ExplanationView,
  ShownContribution,
  ShownPicture,
  SuspectView,
} from '../../src/views/view-data.ts'

/** Views made up by formula: small, always the same, and with values that add up. */

const CLASSES = ['cat', 'dog', 'eel']

/** One grey pixel; what is tested is the place it takes. */
const PICTURE: ShownPicture = {
  src: 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
  width: 28,
  height: 28,
}

function contribution(i: number, sign: 1 | -1, picture: ShownPicture | null): ShownContribution {
  const alpha = (sign * 0.0027) / (i + 1)
  const similarity = 90 - 7 * i
  return {
    id: `train/${sign > 0 ? 'up' : 'down'}-${i}.png`,
    row: 10 * i + (sign > 0 ? 1 : 2),
    picture,
    label: CLASSES[sign > 0 ? 0 : 1 + (i % 2)],
    predicted: CLASSES[i === 1 ? 2 : sign > 0 ? 0 : 1 + (i % 2)],
    value: alpha * similarity,
    alpha,
    similarity,
  }
}

export function explanation(picture: ShownPicture | null = PICTURE): ExplanationView {
  const excitatory = [0, 1, 2].map(i => contribution(i, 1, picture))
  const inhibitory = [0, 1].map(i => contribution(i + 1, -1, picture))
  const byClass = CLASSES.map((name, j) => ({ name, value: 4.00049 / (j + 1) - 1.33333 * j }))
  const logit = byClass.reduce((sum, { value }) => sum + value, 0)
  const shown = [...excitatory, ...inhibitory].reduce((sum, { value }) => sum + value, 0)
  return {
    input: { name: 'test/0', picture, label: 'dog', predicted: 'cat' },
    output: 'cat',
    contrast: null,
    givenLogit: logit + 0.01,
    logit,
    bias: 0,
    fittedPrediction: 'cat',
    covered: shown / logit,
    byClass,
    groups: 'label',
    completenessGap: 0.000026,
    read: 214,
    n: 60000,
    excitatory,
    inhibitory,
  }
}

export function suspects(picture: ShownPicture | null = PICTURE): SuspectView[] {
  return [0, 1, 2].map(i => ({
    rank: i + 1,
    example: { id: `train/${i}`, row: i, picture, label: CLASSES[i], predicted: CLASSES[0] },
    given: CLASSES[i],
    suggested: CLASSES[(2 * i) % 3],
    suspicion: 0.0027 / (i + 1),
    speakers:
      i === 2 ? null : { for: [{ id: 'train/7', label: CLASSES[i] }], against: [{ id: '<8>', label: null }] },
  }))
}

/** Everything absent that may be absent, and numbers that are none. */
export const bareExplanation: ExplanationView = {
  input: { name: 'query', picture: null, label: null, predicted: '0' },
  output: '0',
  contrast: '1',
  givenLogit: null,
  logit: 0,
  bias: 0,
  fittedPrediction: '1',
  covered: null,
  byClass: [],
  groups: 'predicted',
  completenessGap: 0,
  read: 1,
  n: 1,
  excitatory: [],
  inhibitory: [
    {
      id: 'a',
      row: 0,
      picture: null,
      label: null,
      predicted: '1',
      value: Number.NaN,
      alpha: -0,
      similarity: 1e12,
    },
  ],
}

/** A method of attribution, the better the smaller i; no two figures are equal, so that none can stand for another. */
const compared = (i: number): ComparedMethod => ({
  looPearson: 1 - i / 5,
  lds: 0.9 - i / 6,
  deletion: 1.5 - i / 6,
  insertion: 9 - i,
  deletionCurve: [0.5, 1.5, 2.5].map(fall => fall - i / 6),
  insertionCurve: [8, 9, 9.5].map(output => output - i),
  topKCardinality: 0.4 + i / 20,
  sameClassRate: 0.93 - i / 25,
  seconds: 0.1 * (i + 1),
  peakMemory: (256 + 9 * i) * 2 ** 20,
})

const unknown: ComparedMethod = {
  looPearson: null,
  lds: null,
  deletion: null,
  insertion: null,
  deletionCurve: [null, null, null],
  insertionCurve: [null, null, null],
  topKCardinality: null,
  sameClassRate: null,
  seconds: 0,
  peakMemory: 0,
}

/** Ten methods, the worse first, and one of which nothing is known. */
export function comparison(methods = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]): ComparisonView {
  return {
    explainer: 'explainer',
    problem: { n: 60000, targets: 'labels', lambda: 0.003 },
    truth: {
      heldOut: methods.length === 0,
      tests: 50,
      loo: 200,
      subsets: 48,
      curvePoints: 5,
      curveShares: [0.001, 0.005, 0.02],
      topK: 10,
      refits: 580,
      withoutMinimum: 0,
      unconverged: methods.length === 0 ? 3 : 0,
      largestGap: 1e-4,
    },
    methods: { unknown, ...Object.fromEntries(methods.map(i => [`method-${i}`, compared(i)])) },
    leftOut: [{ method: 'tracin', reason: 'needs checkpoints' }],
  }
}

const split = (k: number): PathSplit => ({
  pearson: 0.99 + k / 1000,
  meanAbsoluteDifference: 0.01 / (k + 1),
  argmaxAgreement: 0.9953 + k / 1000,
  accuracy: 0.97 - k / 700,
})

const nothing: PathSplit = {
  pearson: null,
  meanAbsoluteDifference: null,
  argmaxAgreement: null,
  accuracy: null,
}

/** A score, the better the smaller i. */
const detection = (i: number): ScoredDetection => ({
  rocAuc: 0.99 - i / 40,
  averagePrecision: 0.9 - i / 20,
  found: [0, 0.48 - i / 50, 0.87 - i / 40, 0.96 - i / 90, 0.98 - i / 110, 1],
  seconds: i + 0.5,
})

/** Ten scores, the worse first. */
export function evaluation(): EvaluationView {
  const lambdas = [0.03, 0.0095, 0.003, 0.00095, 0.0003]
  return {
    explainer: 'explainer',
    problem: { n: 60000, targets: 'teacher', lambda: 0.003 },
    certificate: {
      train: 3.7e-5,
      test: 2.1e-5,
      bound: 5.2e-5,
      stationary: 1.6e-5,
      residual: 3e-14,
      gap: 1e-4,
      status: 'converged',
      convergence: [
        { evaluations: 1, gap: 70 },
        { evaluations: 40, gap: 9e-5 },
      ],
      holds: true,
    },
    path: lambdas.map((lambda, k) => ({
      lambda,
      isStored: k === 2,
      status: k === 2 ? 'precision-limited' : 'converged',
      completenessGap: (5.5 + k) * 1e-5,
      train: split(k),
      test: split(k - 0.5),
      seconds: k === 2 ? 0 : 3,
    })),
    stability: {
      tests: 55,
      ofTraining: false,
      topK: 10,
      ranked: 2000,
      neighbours: lambdas.slice(1).map((lambda, k) => ({
        lambdas: [lambdas[k], lambda],
        excitatory: 0.75 + k / 50,
        inhibitory: 0.8 - k / 50,
        rankCorrelation: 0.99 - k / 1000,
      })),
    },
    mislabels: {
      noise: 0.1,
      pattern: 'symmetric',
      planted: 5878,
      status: 'converged',
      inspectedShares: [0, 0.05, 0.1, 0.2, 0.3, 1],
      scores: Object.fromEntries([9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map(i => [`score-${i}`, detection(i)])),
    },
    leftOut: [{ part: 'self-influence', reason: 'takes minutes' }],
  }
}

/** One λ of which nothing is known, and an explainer whose certificate does not hold. */
export function bareEvaluation(): EvaluationView {
  const view = evaluation()
  return {
    ...view,
    certificate: { ...view.certificate, test: null, convergence: [], train: 0.3, holds: false },
    path: [{ ...view.path[2], train: nothing, test: null }],
    stability: { ...view.stability, ofTraining: true, neighbours: [] },
    mislabels: null,
    leftOut: [{ part: 'fidelity', reason: "needs the given model's outputs" }],
  }
}
