// A study: every choice of solver and preconditioner beside what a fit chooses, over sizes and regularisation.

import { memoryRows, teacherTargets } from '../frame/library.js'
import { faster } from '../frame/row.js'
import { count } from '../frame/units.js'
import { networkLike } from '../solver/features.js'
import { runsOf } from '../solver/runs.js'
import { fastest } from '../solver/table.js'

const ALL = [1e-5, 1e-3, 1e-1, 1]
/** Where an evaluation takes long, fewer λ and fewer examples, and where it takes longest those that need few. */
const MIDDLE = [1e-3, 1e-1]
const STRONG = [1e-1, 1]

const GRID = [
  { activation: 'softmax', d: 64, c: 2, n: 16_384, lambdas: ALL },
  { activation: 'softmax', d: 64, c: 10, n: 8192, lambdas: ALL },
  { activation: 'softmax', d: 64, c: 100, n: 2048, lambdas: ALL },
  { activation: 'softmax', d: 64, c: 1000, n: 1024, lambdas: MIDDLE },
  { activation: 'softmax', d: 512, c: 2, n: 4096, lambdas: ALL },
  { activation: 'softmax', d: 512, c: 10, n: 4096, lambdas: ALL },
  { activation: 'softmax', d: 512, c: 100, n: 2048, lambdas: MIDDLE },
  { activation: 'softmax', d: 512, c: 1000, n: 1024, lambdas: STRONG },
  { activation: 'softmax', d: 4096, c: 2, n: 2048, lambdas: MIDDLE },
  { activation: 'softmax', d: 4096, c: 10, n: 2048, lambdas: MIDDLE },
  { activation: 'softmax', d: 4096, c: 100, n: 1024, lambdas: STRONG },
  { activation: 'softmax', d: 4096, c: 1000, n: 512, lambdas: [1] },
  { activation: 'relu', d: 64, c: 16, n: 4096, lambdas: ALL },
  { activation: 'relu', d: 784, c: 32, n: 2048, lambdas: MIDDLE },
]

const QUICK_GRID = [
  { activation: 'softmax', d: 16, c: 3, n: 500, lambdas: [1e-3, 1e-1] },
  { activation: 'relu', d: 16, c: 4, n: 500, lambdas: [1e-3] },
]

export async function measure({ quick, say }) {
  const rows = []
  say('warming up')
  for (const size of QUICK_GRID) await measureSize(size, () => undefined)
  for (const size of quick ? QUICK_GRID : GRID) rows.push(...(await measureSize(size, say)))
  return rows
}

/** One row for each λ; `cell` has what all of the runs took. */
async function measureSize({ activation, d, c, n, lambdas }, say) {
  const { features, logits } = networkLike({ n, d, c })
  const rows = []
  for (const lambda of lambdas) {
    const what = `${activation}, ${count(n)} × ${d} × ${c}, λ ${lambda}`
    say(what)
    const { runs, fit } = await runsOf({
      features: memoryRows(features),
      targets: memoryRows(teacherTargets(logits, activation)),
      activation,
      lambda,
      bias: 'regularised',
    })
    rows.push({ ...against(what, runs, fit), cell: { activation, d, c, n, lambda, runs, fit } })
  }
  return rows
}

/** The fit beside the fastest of the choices. */
function against(what, runs, fit) {
  const best = fastest(runs)
  if (!best) return faster(what, fit.seconds, { absent: 'no choice converged' })
  const peer = { name: `${best.solver}, ${best.form}`, value: best.seconds }
  if (fit.converged) return faster(what, fit.seconds, peer)
  return { ...faster(what, fit.seconds, peer, { notes: ['the fit did not converge'] }), ratio: null }
}
