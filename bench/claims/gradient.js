// One value and gradient of the softmax loss in float32, against PyTorch and against the machine.

import { join } from 'node:path'
import { readMatrix, writeMatrix } from '../frame/arrays.js'
import { softmax } from '../frame/judge.js'
import { memoryRows, Objective, openRuntime } from '../frame/library.js'
import { openMatrixProduct } from '../frame/machine.js'
import { absent, Peer } from '../frame/peer.js'
import { gaussians } from '../frame/random.js'
import { faster } from '../frame/row.js'
import { inTurn, median, timed } from '../frame/timing.js'
import { count, percent, seconds, tiny } from '../frame/units.js'

const TARGET = { atLeast: 5 }
const LEAST_SHARE = 0.5
/** The difference of two float32 gradients over the size of one. */
const LARGEST_DIFFERENCE = 1e-4
const ROUNDS = 5
const REPEATS = 10
/** How PyTorch may do it. */
const WAYS = ['autograd', 'formula', 'turned formula']
const LAMBDA = 0.003

export async function measure({ directory, peers, quick, limits }) {
  const [n, d, c] = quick ? [10_000, 256, 10] : [50_000, 512, 10]
  const { features, targets, theta } = made(n, d, c)
  const out = join(directory, 'gradient.npy')
  const peer = Peer.start(peers, 'torch', 'gradient.py', [
    writeMatrix(directory, 'features', features),
    writeMatrix(directory, 'targets', targets),
    writeMatrix(directory, 'theta', theta),
    LAMBDA,
    out,
  ])
  const objective = await Objective.create(
    openRuntime(),
    {
      features: memoryRows(features),
      targets: memoryRows(targets),
      activation: 'softmax',
      bias: 'none',
      lambda: LAMBDA,
    },
    'float32',
  )
  const once = () => timed(() => objective.evaluate(theta.data))
  for (let k = 0; k < REPEATS; k++) await once()
  const product = await openMatrixProduct(quick ? 2048 : 4096)
  const { ours, theirs, rates } = await inTurn(ROUNDS, {
    ours: async () => median((await repeated(once)).map(turn => turn.seconds)),
    ...(peer && { theirs: () => peer.measure({ repeats: REPEATS }) }),
    rates: product.rate,
  })
  await peer?.end()

  const value = median(ours)
  const rate = (4 * n * d * c) / value
  const share = rate / Math.max(median(rates), limits?.torchProduct ?? 0)
  const checks = [
    {
      what: `${percent(share)} of the large matrix product, at least ${percent(LEAST_SHARE)}`,
      reached: share >= LEAST_SHARE,
    },
  ]
  const notes = []
  let against = { absent: absent('torch') }
  if (theirs) {
    const ways = WAYS.map(way => [median(theirs.map(turn => median(turn[way]))), way])
    const [[best, way]] = ways.sort(([a], [b]) => a - b)
    against = { name: `${peer.name}, ${way}`, value: best }
    const difference = distance((await objective.evaluate(theta.data)).gradient, (await readMatrix(out)).data)
    checks.push({
      what: `the same gradient, to ${tiny(difference)} of its size`,
      reached: difference < LARGEST_DIFFERENCE,
    })
    notes.push(`PyTorch: ${ways.map(([taken, name]) => `${name} ${seconds(taken)}`).join(', ')}`)
  }
  await objective.release()
  await product.close()
  return faster(`${count(n)} × ${d} × ${c}, float32`, value, against, {
    target: TARGET,
    checks,
    notes,
    limit: { of: 'matrixProduct', rate },
  })
}

async function repeated(once) {
  const turns = []
  for (let k = 0; k < REPEATS; k++) turns.push(await once())
  return turns
}

/** Features from N(0, 1), targets softmax of random logits, Θ small and random. */
function made(n, d, c) {
  const normal = gaussians(3)
  const features = { rows: n, cols: d, data: Float32Array.from({ length: n * d }, normal) }
  const targets = { rows: n, cols: c, data: new Float32Array(n * c) }
  const phi = new Float64Array(c)
  for (let i = 0; i < n; i++) {
    phi.forEach((_, j) => {
      phi[j] = 2 * normal()
    })
    softmax(phi)
    targets.data.set(phi, i * c)
  }
  const theta = { rows: d, cols: c, data: Float64Array.from({ length: d * c }, () => 0.05 * normal()) }
  return { features, targets, theta }
}

/** ‖a − b‖ / ‖b‖ */
function distance(a, b) {
  const norm = values => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0))
  return norm(Float64Array.from(a, (x, k) => x - b[k])) / norm(b)
}
