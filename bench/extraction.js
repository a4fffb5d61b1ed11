// How fast features are extracted, in pictures a second:
//
// * from ready pixels, CIFAR-10 through its network, beside the bare loop of ONNX Runtime over the same tensors
// * from JPEG in Parquet files, CIFAR-10 as it comes, beside what decoding and the network allow together
// * from a folder of JPEG files of 500 × 375 pixels, resized to 256 and cut to 224, likewise
//
// What decoding and the network allow is 1 / (1/r + 1/s), where each alone keeps all cores busy and makes r and s
// pictures a second. All of them take turns, and of each the best round counts: what else the machine does slows
// one round or another.
//
//   npm run build && node bench/extraction.js [--quick]
//
// CIFAR-10 is in ../shared/data/cifar10, or in the folder that REPRESENTER_CIFAR10 names.

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import sharp from 'sharp'
import { openDataset } from '../dist/data/open-dataset.node.js'
import { pictureRows } from '../dist/data/picture-rows.js'
import { PictureWorkers } from '../dist/data/picture-workers.node.js'
import { preprocessedRows } from '../dist/data/preprocess.js'
import { inputShapeFor } from '../dist/method/network/input-shape.js'
import { exposeHead, Network } from '../dist/method/network/network.js'
import { GraphBuilder } from '../dist/onnx/builder.js'
import { findHeads } from '../dist/onnx/head.js'
import { readModel } from '../dist/onnx/model.js'
import { cpuRuntime } from '../dist/runtime/onnxruntime.node.js'

const CIFAR10 =
  process.env.REPRESENTER_CIFAR10 ?? fileURLToPath(new URL('../../shared/data/cifar10', import.meta.url))
const NUMBERS = { scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }
const AS_IT_IS = { channels: 'rgb', resize: null, filter: 'bilinear', crop: null }
const CUT = {
  channels: 'rgb',
  resize: { shortestEdge: 256 },
  filter: 'bilinear',
  crop: { height: 224, width: 224 },
}

const ROUNDS = 5
/** Batches of the bare loop, of which the best one counts, and over how many pictures they are tried. */
const BATCHES = [8, 16, 32, 64, 128, 256]
const TRIED = 1024
const SAMPLE = 64
const drop = () => undefined

/**
 * From ready pixels, and by the bare loop.
 *
 * @returns {Promise<{ ours: number, peer: number, notes: string[] }>} pictures a second
 */
export async function measurePixels({ quick = false } = {}) {
  const bytes = readFileSync(join(CIFAR10, 'resnet20.onnx'))
  const itemShape = [3, 32, 32]
  const count = quick ? 4096 : 10_000
  const pixels = Uint8Array.from({ length: count * 3072 }, generator(1))
  const array = { dtype: 'uint8', shape: [count, ...itemShape], data: pixels }
  const rows = preprocessedRows(array, NUMBERS, 'pixels')
  const ready = await rows.fetch(Array.from({ length: count }, (_, row) => row))
  const network = await loadNetwork(bytes, itemShape, ready, { spins: true })
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 3 })
  const bare = async (size, end) => {
    for (let at = 0; at < end; at += size) {
      const data = ready.data.subarray(at * 3072, Math.min(end, at + size) * 3072)
      await session.run({ image: new Tensor('float32', data, [data.length / 3072, ...itemShape]) })
    }
  }
  const few = Math.min(TRIED, count)
  const tried = await bestRates(few, Object.fromEntries(BATCHES.map(size => [size, () => bare(size, few)])))
  const [batch] = Object.entries(tried).sort((a, b) => b[1] - a[1])[0]
  const { ours, peer } = await bestRates(count, {
    ours: () => network.runAll(rows, drop),
    peer: () => bare(Number(batch), count),
  })
  await network.release()
  await session.release()
  return { ours, peer, notes: [`the bare loop is fastest in batches of ${batch}`] }
}

/** From JPEG in Parquet, and what decoding and the network allow. */
export async function measureParquet({ quick = false } = {}) {
  const dataset = await openDataset(join(CIFAR10, 'test.parquet'), 'train', {})
  const count = quick ? 1000 : 4000
  const model = readFileSync(join(CIFAR10, 'resnet20.onnx'))
  return measurePictures({ ...dataset, count }, model, [3, 32, 32], AS_IT_IS)
}

/** From JPEG files in a folder, and what decoding, resizing and the network allow. */
export async function measureJpeg({ quick = false } = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'extraction-'))
  try {
    await writePictures(directory, quick ? 200 : 2000)
    const dataset = await openDataset(directory, 'train', {})
    return await measurePictures(dataset, convolutions(), [3, 224, 224], CUT)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

async function measurePictures(dataset, model, itemShape, steps) {
  const workers = new PictureWorkers({ steps, itemShape })
  try {
    const rows = pictureRows(dataset, { preprocess: NUMBERS, itemShape, workers, onBad: null })
    const ready = await rows.fetch(Array.from({ length: Math.min(dataset.count, 512) }, (_, row) => row))
    const network = await loadNetwork(model, itemShape, ready, { spins: false })
    const { ours, decoding, running } = await bestRates(dataset.count, {
      ours: () => network.runAll(rows, drop),
      decoding: async () => {
        for await (const _ of rows.blocks(64));
      },
      running: () => network.runAll(repeated(ready, dataset.count), drop),
    })
    await network.release()
    const peer = 1 / (1 / decoding + 1 / running)
    const rate = value => `${Math.round(value)} a second`
    return { ours, peer, notes: [`decoding alone ${rate(decoding)}, the network alone ${rate(running)}`] }
  } finally {
    await workers.close()
  }
}

/** So many rows, which are those of a matrix again and again. */
function repeated(matrix, rows) {
  const { cols } = matrix
  return {
    rows,
    cols,
    dtype: 'float32',
    async *blocks(size, from = 0) {
      for (let start = from; start < rows; ) {
        const at = start % matrix.rows
        const count = Math.min(size, rows - start, matrix.rows - at)
        const data = matrix.data.subarray(at * cols, (at + count) * cols)
        yield { start, matrix: { rows: count, cols, data } }
        start += count
      }
    },
  }
}

/** Rates of works that do so many pictures each, best of rounds in which all take turns. */
async function bestRates(count, works) {
  const rates = {}
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, work] of Object.entries(works)) {
      const began = performance.now()
      await work()
      rates[name] = Math.max(rates[name] ?? 0, (1000 * count) / (performance.now() - began))
    }
  }
  return rates
}

/** The network as fit has it, which has seen that batches may be of any size. */
async function loadNetwork(bytes, itemShape, ready, options) {
  const model = readModel(new Uint8Array(bytes), 'model.onnx')
  const [head] = (await findHeads(model, async () => new Uint8Array(0))).heads
  const { input, inputShape, batch } = inputShapeFor(model, itemShape)
  const exposed = exposeHead(model, head)
  const { rows: d, cols: c } = head.weight
  const shape = { name: 'model.onnx', inputName: input.name, inputShape, batch, outputs: exposed.names, d, c }
  const network = await Network.load(cpuRuntime(), exposed.bytes, shape, [], options)
  const first = { ...ready, rows: SAMPLE, data: ready.data.subarray(0, SAMPLE * ready.cols) }
  await network.compareBatches(first, await network.run(first))
  return network
}

/** A small network of convolutions over 224 × 224 pixels: 60 million products a picture. */
function convolutions() {
  const g = new GraphBuilder('convolutions')
  const normal = generator(2)
  const weight = (...shape) => {
    const size = shape.reduce((product, length) => product * length, 1)
    const scale = Math.sqrt(6 / (size / shape[0]))
    const values = Float64Array.from({ length: size }, () => scale * (normal() / 128 - 1))
    return g.op('Reshape', [g.cast(g.vector(values), 'float32'), g.integers(shape)])
  }
  let x = g.input('image', 'float32', ['batch', 3, 224, 224])
  let from = 3
  for (const [to, kernel, stride] of [
    [32, 7, 4],
    [64, 3, 2],
    [128, 3, 2],
    [128, 3, 1],
  ]) {
    const pad = (kernel - 1) / 2
    x = g.op('Conv', [x, weight(to, from, kernel, kernel)], {
      strides: [stride, stride],
      pads: [pad, pad, pad, pad],
    })
    x = g.op('Relu', [x])
    from = to
  }
  const features = g.op('Flatten', [g.op('GlobalAveragePool', [x])])
  g.output('logits', g.op('Gemm', [features, weight(from, 10)]))
  return g.build()
}

/** Smooth noise as JPEG files of 500 × 375 pixels, about 50 kB each, in ten folders. */
async function writePictures(directory, count) {
  const byte = generator(3)
  for (let label = 0; label < 10; label++) mkdirSync(join(directory, `${label}`))
  for (let k = 0; k < count; k++) {
    const noise = Uint8Array.from({ length: 50 * 38 * 3 }, byte)
    await sharp(noise, { raw: { width: 50, height: 38, channels: 3 } })
      .resize(500, 375, { fit: 'fill' })
      .jpeg({ quality: 90 })
      .toFile(join(directory, `${k % 10}`, `${k}.jpg`))
  }
}

/** Whole numbers 0 … 255, the same for the same seed. */
function generator(state) {
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return state >>> 24
  }
}

const MEASURES = {
  'ready pixels': measurePixels,
  'JPEG in Parquet': measureParquet,
  'JPEG in a folder': measureJpeg,
}
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, measure] of Object.entries(MEASURES)) {
    const { ours, peer, notes } = await measure({ quick: process.argv.includes('--quick') })
    const share = (ours / peer).toFixed(3)
    console.log(`${name}: ${ours.toFixed(0)} of ${peer.toFixed(0)} a second, ${share}; ${notes.join('; ')}`)
  }
}
