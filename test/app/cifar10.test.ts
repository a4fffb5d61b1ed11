import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Explainer } from '../../src/app/explainer/explainer.ts'
import { openExplainer } from '../../src/app/explainer/open.ts'
import type { FitAnswer } from '../../src/app/fit/answer.ts'
import { fit } from '../../src/app/fit/fit.ts'
import { inspect } from '../../src/app/inspect/inspect.node.ts'
import { bytesOf } from '../../src/formats/bytes.ts'
import { readNpy } from '../../src/formats/npy.ts'
import { type Matrix, rowOf } from '../../src/math/matrix.ts'
import { memoryRows } from '../../src/math/rows.ts'
import { GraphBuilder } from '../../src/onnx/builder.ts'
import { cpuRuntime } from '../../src/runtime/onnxruntime.node.ts'
import { matrixTensor } from '../../src/runtime/runtime.ts'

/*
 * The features, logits and head of a ResNet-20 on CIFAR-10, which are too large to be part of the project.
 * Pearson's correlations are what an independent solver in double precision reaches.
 */
const DATA = process.env.REPRESENTER_CIFAR10 ?? join(import.meta.dirname, '../../../shared/data/cifar10')
const path = (name: string) => join(DATA, name)

// Skipped where the arrays are not on this machine: set REPRESENTER_CIFAR10 to their folder.
describe.skipIf(!existsSync(path('train-features.npy')))('CIFAR-10 (needs its arrays)', () => {
  let answer: FitAnswer
  let explainer: Explainer
  let directory: string
  const read = async (file: string): Promise<Matrix<Float32Array>> => {
    const { shape, data } = await readNpy(bytesOf(await readFile(file), file))
    return { rows: shape[0], cols: shape[1] ?? 1, data: data as Float32Array }
  }

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'representer-'))
    const out = join(directory, 'explainer')
    answer = await fit({
      out,
      features: path('train-features.npy'),
      labels: path('train-labels.npy'),
      logits: path('train-logits.npy'),
      headWeight: path('head-weight.npy'),
      headBias: path('head-bias.npy'),
      testFeatures: path('test-features.npy'),
      testLabels: path('test-labels.npy'),
      testLogits: path('test-logits.npy'),
    })
    explainer = await openExplainer(out)
  })

  afterAll(() => rm(directory, { recursive: true, force: true }))

  test('fidelity is that of the optimum, to four digits', () => {
    expect(answer).toMatchObject({ status: 'converged', lambda: 0.003, n: 50_000, d: 64, c: 10 })
    expect(answer.completenessGap).toBeLessThanOrEqual(1e-4)
    expect(answer.fidelity.train?.pearson).toBeCloseTo(0.98758, 4)
    expect(answer.fidelity.test?.pearson).toBeCloseTo(0.98627, 4)
  })

  test("every test point's values add up to its logit within its own stated gap", async () => {
    const tests = await read(path('test-features.npy'))
    const sums = await sumOfValues(
      await read(path('train-features.npy')),
      await read(join(explainer.directory, 'alpha.npy')),
      tests,
    )
    let worst = Number.NEGATIVE_INFINITY
    for (let t = 0; t < tests.rows; t++) {
      const query = tests.data.subarray(t * 64, (t + 1) * 64)
      const output = t % 10
      const { logit, completenessGap } = explainer.explain(query, { output, k: 1 })
      worst = Math.max(worst, Math.abs(sums.data[t * 10 + output] - logit) - completenessGap)
    }
    // What is left is the rounding of a sum over 50,000 doubles.
    expect(worst).toBeLessThan(1e-10)
  })

  test('what pruning finds is what a scan of all training examples finds, for every test point', async () => {
    const [train, alpha, tests] = [
      await read(path('train-features.npy')),
      await read(join(explainer.directory, 'alpha.npy')),
      await read(path('test-features.npy')),
    ]
    let wrong = 0
    for await (const { start, similarities } of scan(train, tests)) {
      for (let t = 0; t < similarities.rows; t++) {
        const query = rowOf(tests, start + t)
        const { output, excitatory, inhibitory } = explainer.explain(query)
        const shown = new Set([...excitatory, ...inhibitory].map(({ row }) => row))
        // What is within rounding of the last one shown may stand on either side of it.
        const [most, least] = [excitatory[9].value * (1 + 1e-12), inhibitory[9].value * (1 + 1e-12)]
        for (let i = 0; i < train.rows; i++) {
          const value = alpha.data[i * 10 + output] * similarities.data[t * train.rows + i]
          if ((value > most || value < least) && !shown.has(i)) wrong++
        }
        for (const { row, value, similarity } of [...excitatory, ...inhibitory]) {
          expect(similarity).toBeCloseTo(similarities.data[t * train.rows + row], 10)
          expect(value).toBe(alpha.data[row * 10 + output] * similarity)
        }
      }
    }
    expect(wrong).toBe(0)
  }, 600_000)

  test('the network gives the features that PyTorch gave of the pictures in Parquet', async () => {
    const out = join(directory, 'pictures')
    // The smaller file, since every picture goes through the network.
    const { accuracy, preprocess, skipped, warnings } = await fit({
      out,
      model: path('resnet20.onnx'),
      train: path('test.parquet'),
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
      gap: 10,
    })
    expect(preprocess?.picture).toMatchObject({ channels: 'rgb', resize: { height: 32, width: 32 } })
    expect(accuracy.train).toBeCloseTo(0.81, 2)
    expect([skipped, warnings]).toEqual([[], []])
    const ours = await read(join(out, 'train/features.npy'))
    const theirs = await read(path('test-features.npy'))
    const sum = theirs.data.reduce((sum, value, k) => sum + Math.abs(value - ours.data[k]), 0)
    expect(sum / theirs.data.length).toBeLessThan(1e-3)
    const { manifest } = await openExplainer(out)
    expect(manifest.classes?.slice(0, 3)).toEqual(['airplane', 'automobile', 'bird'])
  }, 300_000)

  test('inspect finds the head of resnet20.onnx', async () => {
    const { head, verified } = await inspect({ model: path('resnet20.onnx') })
    expect(head).toMatchObject({ op: 'Gemm', d: 64, c: 10, bias: true, activation: 'none' })
    expect(verified?.agrees).toBe(true)
  })
})

/** fᵢᵀfₜ + 1 of every training example i and a hundred test points at a time [100, n]. */
async function* scan(train: Matrix<Float32Array>, tests: Matrix<Float32Array>) {
  const g = new GraphBuilder('similarities')
  const double = (name: string) => g.cast(g.input(name, 'float32', ['rows', train.cols]), 'float64')
  const [queries, features] = [
    double('queries'),
    g.cast(g.input('features', 'float32', [train.rows, train.cols]), 'float64'),
  ]
  const products = g.op('Gemm', [queries, features], { transB: 1 })
  g.output('similarities', g.op('Add', [products, g.scalar(1, 'float64')]))
  const session = await cpuRuntime().load(g.build())
  for await (const { start, matrix } of memoryRows(tests).blocks(100)) {
    const inputs = { queries: matrixTensor(matrix), features: matrixTensor(train) }
    const { similarities } = await session.run(inputs, ['similarities'])
    yield {
      start,
      similarities: { rows: matrix.rows, cols: train.rows, data: similarities.data as Float64Array },
    }
  }
  await session.release()
}

/** Σᵢ αᵢⱼ (fᵢᵀfₜ + 1) for every test point and output, term by term: K = F Fₜᵀ + 1, then Kᵀα. */
async function sumOfValues(
  train: Matrix<Float32Array>,
  alpha: Matrix<Float32Array>,
  tests: Matrix<Float32Array>,
) {
  const g = new GraphBuilder('sum-of-values')
  const double = (name: string, cols: number) => g.cast(g.input(name, 'float32', ['rows', cols]), 'float64')
  const features = double('features', train.cols)
  const weights = double('alpha', alpha.cols)
  const testFeatures = g.cast(g.input('tests', 'float32', [tests.rows, tests.cols]), 'float64')
  const kernel = g.op('Add', [g.op('Gemm', [features, testFeatures], { transB: 1 }), g.scalar(1, 'float64')])
  g.output('sums', g.op('Gemm', [kernel, weights], { transA: 1 }))

  const session = await cpuRuntime().load(g.build())
  const total = { rows: tests.rows, cols: alpha.cols, data: new Float64Array(tests.rows * alpha.cols) }
  for await (const { start, matrix } of memoryRows(train).blocks(1000)) {
    const alphaBlock = alpha.data.subarray(start * alpha.cols, (start + matrix.rows) * alpha.cols)
    const { sums } = await session.run(
      {
        features: matrixTensor(matrix),
        alpha: matrixTensor({ rows: matrix.rows, cols: alpha.cols, data: alphaBlock }),
        tests: matrixTensor(tests),
      },
      ['sums'],
    )
    for (let i = 0; i < total.data.length; i++) total.data[i] += Number(sums.data[i])
  }
  await session.release()
  return total
}
