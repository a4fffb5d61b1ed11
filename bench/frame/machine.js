// What this machine can do: the limits that kernels are held against.

import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import { Worker } from 'node:worker_threads'
import { GraphBuilder, openRuntime } from './library.js'
import { Peer } from './peer.js'
import { gaussians } from './random.js'
import { inTurn } from './timing.js'

const ROUNDS = 5

/** What the machine is, in words that say nothing of its owner. */
export function describeMachine() {
  return {
    platform: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    node: process.versions.node,
    /** How many processes wanted a core over the last minute: figures of a busy machine prove little. */
    load: loadavg()[0],
  }
}

/**
 * The rate of a large float32 matrix product by ONNX Runtime and by PyTorch, in floating-point operations a
 * second, and that of a copy of memory by all cores, in bytes read and written a second. Each is the best of a few
 * rounds, since a limit is what can be reached.
 */
export async function measure({ peers, quick, say }) {
  const edge = quick ? 2048 : 4096
  say(`matrix product ${edge}³, memory stream`)
  const product = await openMatrixProduct(edge)
  const stream = openMemoryStream(quick ? 2 ** 26 : 2 ** 28)
  const peer = Peer.start(peers, 'torch', 'matrix_product.py', [edge])
  const rates = await inTurn(ROUNDS, {
    product: product.rate,
    stream: stream.rate,
    ...(peer && { torch: async () => (await peer.measure()).rate }),
  })
  await Promise.all([product.close(), stream.close(), peer?.end()])
  return {
    matrixProduct: Math.max(...rates.product),
    memoryStream: Math.max(...rates.stream),
    torchProduct: peer && Math.max(...rates.torch),
  }
}

/** A product of two square float32 matrices as one ONNX graph; `rate` runs it once and answers operations a second. */
export async function openMatrixProduct(edge) {
  const g = new GraphBuilder('matrix-product')
  const [a, b] = ['a', 'b'].map(name => g.input(name, 'float32', [edge, edge]))
  g.output('product', g.op('MatMul', [a, b]))
  const session = await openRuntime().load(g.build())
  const next = gaussians(1)
  const matrix = () => ({
    type: 'float32',
    dims: [edge, edge],
    data: Float32Array.from({ length: edge * edge }, next),
  })
  const inputs = { a: matrix(), b: matrix() }
  const rate = async () => {
    const start = performance.now()
    await session.run(inputs, ['product'])
    return (2 * edge ** 3) / ((performance.now() - start) / 1000)
  }
  await rate()
  return { rate, close: () => session.release() }
}

/** A thread for each core that copies `length` bytes to and fro; `rate` has all of them copy at once. */
function openMemoryStream(length) {
  const threads = Array.from(
    { length: availableParallelism() },
    () => new Worker(new URL('./copying.js', import.meta.url), { workerData: { length } }),
  )
  return {
    async rate() {
      const rates = threads.map(thread => new Promise(resolve => thread.once('message', resolve)))
      for (const thread of threads) thread.postMessage('copy')
      return (await Promise.all(rates)).reduce((sum, rate) => sum + rate, 0)
    },
    close: () => Promise.all(threads.map(thread => thread.terminate())),
  }
}
