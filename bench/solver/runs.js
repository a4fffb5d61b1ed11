// Every choice of solver and preconditioner on one problem, from Θ = 0, and what a fit does by its rule.

import {
  examplesOf,
  fitHead,
  formOf,
  openCompleteness,
  openRuntime,
  preconditioner,
  sampleOf,
} from '../frame/library.js'
import { timed } from '../frame/timing.js'
import { CountedRuntime, Spent } from './allowance.js'
import { SOLVER_NAMES, solve } from './solve.js'

/** Completeness gap, in logits. */
const GAP = 1e-4

/** How many times the gap the optimum of a sample is looked for with, where a form is made at it. */
const NEAR = 1000

/** Unknowns of a softmax head whose Hessian is inverted whole. */
const HESSIAN_UNKNOWNS = 2048

/**
 * @typedef {object} Run
 * @property {string} solver
 * @property {'none' | 'diagonal' | 'gram' | 'hessian' | 'outputs'} form of the preconditioner
 * @property {boolean} converged to the completeness gap, within `MOST`
 * @property {number} evaluations and Hessian products, in passes over all examples
 * @property {number} seconds what making the preconditioner took among them
 *
 * @returns {Promise<{ runs: Run[], fit: Run }>}
 */
export async function runsOf(problem) {
  const made = {
    none: { seconds: 0, inverse: null },
    diagonal: await makeAtZero('diagonal', problem),
    gram: await makeAtZero('gram', problem),
  }
  const runs = []
  for (const solver of SOLVER_NAMES) {
    for (const [form, { seconds, inverse }] of Object.entries(made)) {
      const work = runtime => solveWhole(solver, runtime, problem, zero(problem), inverse)
      runs.push({ solver, form, ...(await counted(problem, work, seconds)) })
    }
    const form = nearestForm(problem)
    if (form === null) continue
    const work = runtime => solveNear(solver, runtime, problem, form, made.gram.inverse)
    runs.push({ solver, form, ...(await counted(problem, work, made.gram.seconds)) })
  }
  for (const { inverse } of Object.values(made)) await inverse?.release()
  const work = runtime => fitHead(runtime, problem, { gap: GAP })
  return { runs, fit: { solver: 'fit', form: formOf(problem), ...(await counted(problem, work)) } }
}

/** Runs some work that ends in a solution, and says what it took. */
async function counted(problem, work, secondsBefore = 0) {
  const runtime = new CountedRuntime(openRuntime(), problem.features.rows, secondsBefore)
  const { answer, seconds } = await timed(async () => {
    try {
      return (await work(runtime)).status
    } catch (error) {
      if (error instanceof Spent) return 'spent'
      throw error
    }
  })
  return {
    converged: answer === 'converged',
    evaluations: runtime.evaluations,
    seconds: secondsBefore + seconds,
  }
}

function solveWhole(solver, runtime, problem, from, inverse) {
  return withCompleteness(runtime, problem, completeness =>
    solve(solver, runtime, problem, { ...columnsOf(problem), from, inverse, completeness, gap: GAP }),
  )
}

/** From near the optimum of a sample, where the form is made. */
async function solveNear(solver, runtime, problem, form, gram) {
  const sample = await sampleOf(problem, examplesOf(form, problem))
  const { point } = await withCompleteness(runtime, problem, completeness =>
    solve(solver, runtime, sample, {
      ...columnsOf(problem),
      from: zero(problem),
      inverse: gram,
      completeness,
      gap: NEAR * GAP,
      isBoundEnough: true,
    }),
  )
  const inverse = await preconditioner(runtime, form, { problem, sample }, thetaOf(problem, point))
  try {
    return await solveWhole(solver, runtime, problem, point, inverse)
  } finally {
    await inverse.release()
  }
}

async function makeAtZero(form, problem) {
  const { answer, seconds } = await timed(async () => {
    const sample = await sampleOf(problem, examplesOf(form, problem))
    return preconditioner(openRuntime(), form, { problem, sample }, thetaOf(problem, zero(problem)))
  })
  return { seconds, inverse: answer }
}

async function withCompleteness(runtime, problem, use) {
  const completeness = await openCompleteness(runtime, problem)
  try {
    return await use(completeness)
  } finally {
    await completeness.release()
  }
}

/** The form next to the Hessian, made at a point near the optimum; null where it is too large. */
function nearestForm(problem) {
  if (problem.activation !== 'softmax') return 'outputs'
  return zero(problem).length <= HESSIAN_UNKNOWNS ? 'hessian' : null
}

const columnsOf = ({ activation, targets }) => ({ columns: activation === 'softmax' ? 1 : targets.cols })

const zero = ({ features, targets }) => new Float64Array((features.cols + 1) * targets.cols)

const thetaOf = ({ features, targets }, data) => ({ rows: features.cols + 1, cols: targets.cols, data })
