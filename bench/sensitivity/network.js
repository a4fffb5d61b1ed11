// A network with random weights, its gradients by the library, and PyTorch's beside them.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  adjointModel,
  bytesOf,
  exposeTensors,
  findPath,
  Gradients,
  openRuntime,
  probe,
  readModel,
  readNpy,
} from '../frame/library.js'
import { absent, Peer } from '../frame/peer.js'

/** Operators whose derivative jumps, and within what it is 1. */
const KINKS = { Relu: [0, Number.POSITIVE_INFINITY], Clip: [0, 6] }

/**
 * @param {{ directory: string, peers: object }} setting
 * @param {{ name: string, opset?: number, batch: number }} choice a model of bench/peers/sensitivity.py
 */
export async function openNetwork({ directory, peers }, { name, opset = 17, batch }) {
  const folder = join(directory, `${name}-${opset}`)
  mkdirSync(folder)
  const peer = Peer.start(peers, 'torch', 'sensitivity.py', [name, opset, batch, folder])
  if (!peer) throw new Error(absent('torch'))
  // It has written its files by the time it answers.
  await peer.measure({ repeats: 1 })
  const array = file => readNpy(bytesOf(readFileSync(join(folder, file)), file))
  const [input, seed, expected, own] = await Promise.all(
    ['input.npy', 'seed.npy', 'gradient.npy', 'own.npy'].map(array),
  )
  const model = readModel(new Uint8Array(readFileSync(join(folder, 'model.onnx'))), name)
  const inputs = (count, { repeated = false } = {}) => ({ input: inputsOf(input, count, repeated) })
  const lookup = model.nodes.find(node => node.opType === 'Gather' && node.input[1] === 'input')
  const differentiated = { target: 'output', wrt: [lookup?.output[0] ?? 'input'] }
  const runtime = openRuntime()
  const load = fixed => Gradients.load(runtime, model, { ...differentiated, inputs, fixed })
  let gradients = await load(null)
  if (!gradients.isFree) {
    await gradients.release()
    gradients = await load(batch)
  }
  const [, c] = seed.shape

  return {
    name: peer.name,
    /** Of so many seeds, and of as many inputs or of one. */
    run: async (count, { ofOne = false, repeated = false } = {}) => {
      const seeds = new Float32Array(count * c)
      for (let k = 0; k < seeds.length; k++) seeds[k] = seed.data[k % seed.data.length]
      const [gradient] = await gradients.run(inputs(ofOne ? 1 : count, { repeated }), seeds, [count, c])
      return gradient.data
    },
    own: Array.from(own.data),
    /** Of ours, each example's relative to its largest gradient; in double precision PyTorch's is what is right. */
    errors: found => errorsOf(found, expected.data, batch),
    /** Those by PyTorch with our signs: what stands above zero here stands above zero there too. */
    errorsBySigns: async found => {
      const signs = await signsOf(runtime, model, differentiated, inputs(batch), { seed, inputs })
      writeFileSync(join(folder, 'signs'), signs)
      await peer.measure({ signs: true })
      return errorsOf(found, (await array('by-signs.npy')).data, batch)
    },
    measure: request => peer.measure(request),
    close: async () => {
      await gradients.release()
      await peer.end()
      rmSync(folder, { recursive: true })
    },
  }
}

/** The first inputs, over again where there are too few, or the first one each time. */
function inputsOf({ data, shape, dtype }, count, repeated) {
  const [batch, ...sizes] = shape
  const size = data.length / batch
  const out = new data.constructor(count * size)
  for (let i = 0; i < count; i++) {
    const from = repeated ? 0 : i % batch
    out.set(data.subarray(from * size, (from + 1) * size), i * size)
  }
  return { type: dtype, dims: [count, ...sizes], data: out }
}

/** max |found − expected| / max |expected| of each example. */
function errorsOf(found, expected, batch) {
  const size = expected.length / batch
  return Array.from({ length: batch }, (_, i) => {
    let [largest, difference] = [0, 0]
    for (let k = i * size; k < (i + 1) * size; k++) {
      largest = Math.max(largest, Math.abs(expected[k]))
      difference = Math.max(difference, Math.abs(found[k] - expected[k]))
    }
    return difference / largest
  })
}

/** Where the derivative of each kinked operator is 1 in the graph that computes gradients, one after another. */
async function signsOf(runtime, model, differentiated, feeds, { seed, inputs }) {
  const path = findPath(model, differentiated)
  const probed = await probe(runtime, model, path, [], { inputs, fixed: null })
  const adjoint = adjointModel(model, path, probed)
  const kinks = path.nodes.map(({ node }) => node).filter(({ opType }) => opType in KINKS)
  const outputs = kinks.map((_, k) => `signs_${k}`)
  const exposed = Object.fromEntries(
    outputs.map((name, k) => [name, { tensor: kinks[k].output[0], form: 'rows' }]),
  )
  const session = await runtime.load(exposeTensors(readModel(adjoint.bytes, 'adjoint'), exposed))
  const seeds = { type: 'float32', dims: seed.shape, data: seed.data }
  const answer = await session.run({ ...feeds, [adjoint.seed.name]: seeds }, outputs)
  await session.release()
  return Buffer.concat(
    outputs.map((name, k) => {
      const [lo, hi] = KINKS[kinks[k].opType]
      return Uint8Array.from(answer[name].data, y => (y > lo && y < hi ? 1 : 0))
    }),
  )
}
