import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { evaluate } from '../../src/app/evaluate/evaluate.ts'
import { askedPoints, rank } from '../../src/app/evaluate/rankings.ts'
import { openSetting } from '../../src/app/evaluate/setting.ts'
import { openExplainer } from '../../src/app/explainer/open.ts'
import { fit } from '../../src/app/fit/fit.ts'
import { openRuntime } from '../../src/app/machine/runtime.ts'
import { readFileBytes } from '../../src/formats/files.node.ts'
import { readNpy } from '../../src/formats/npy.ts'
import { argmax } from '../../src/math/matrix.ts'
import { randomNormal } from '../../src/math/random.ts'
import { ExplainerReader } from '../../src/store/read.node.ts'
import { saveArray, writeBundle } from './bundle.ts'

/** The certificate and the path alone. */
const QUIET = { steps: 0, tests: 8, noise: 0 }

test('the certificate does not hold of a fit that ended before its gap was reached', async () => {
  const bundle = await writeBundle({ n: 60 })
  await fit({ ...bundle, maxIterations: 2, lambda: 1e-4, gap: 1e-6 })
  const { certificate } = await evaluate({ directory: bundle.out, ...QUIET })
  expect(certificate.status).toBe('max-iterations')
  // What is stored of it is right all the same.
  expect(certificate.residual).toBeLessThan(1e-8)
  expect(certificate.holds).toBe(false)
})

test('the certificate does not hold of a head beside targets that it was not fitted to', async () => {
  const bundle = await writeBundle({ n: 60 })
  await fit(bundle)
  const file = join(bundle.out, 'train/targets.npy')
  const bytes = await readFile(file)
  const at = bytes.length - 4 * 3
  // The last example's probabilities, of another order.
  const [p, q] = [bytes.readFloatLE(at), bytes.readFloatLE(at + 4)]
  bytes.writeFloatLE(q, at)
  bytes.writeFloatLE(p, at + 4)
  await writeFile(file, bytes)
  const { certificate } = await evaluate({ directory: bundle.out, ...QUIET })
  expect(Math.max(certificate.train, certificate.residual)).toBeLessThan(certificate.gap)
  expect(certificate.stationary).toBeGreaterThan(certificate.gap)
  expect(certificate.holds).toBe(false)
})

test.each([{}, { bias: 'free', kernel: 'centred' }] as const)(
  'stability is of test examples as the explainer explains them: %j',
  async choices => {
    const bundle = await writeBundle({ n: 80, tests: 12 })
    await fit({ ...bundle, lambda: 0.01, ...choices })
    const setting = await openSetting(await ExplainerReader.open(bundle.out))
    const { theta } = setting.solution
    const points = await askedPoints(setting, 12, 1)
    const own = { lambda: setting.problem.lambda, theta }
    const { ends } = await rank(openRuntime(), setting, own, points, 1)
    const given = (await readNpy(await readFileBytes(bundle.testFeatures))).data
    const explainer = await openExplainer(bundle.out)
    for (const [t, { features, output }] of points.entries()) {
      expect(Array.from(features)).toEqual(Array.from(given.slice(t * 6, (t + 1) * 6), Number))
      expect(output).toBe(argmax((await explainer.storedLogits('test', t)).fitted))
      const { excitatory, inhibitory } = await explainer.explainStored('test', t, { k: 10, output })
      const { highest, lowest } = ends[t]
      for (const [found, shown] of [
        [highest.filter(({ score }) => score > 0), excitatory],
        [lowest.filter(({ score }) => score < 0), inhibitory],
      ] as const) {
        expect(found.map(({ row }) => row)).toEqual(shown.map(({ row }) => row))
        // α are stored in single precision.
        found.forEach(({ score }, place) => {
          expect(score / shown[place].value).toBeCloseTo(1, 3)
        })
      }
    }
    await explainer.close()
  },
)

test('units of a hidden layer are never right about a label', async () => {
  const { directory, labels, out } = await writeBundle({ n: 60 })
  const model = join(import.meta.dirname, '../onnx/fixtures/layers/mlp.onnx')
  const [n, inputs] = [60, 3]
  const normal = randomNormal(1)
  const data = Float32Array.from({ length: n * inputs }, normal)
  const train = await saveArray(directory, 'inputs', { dtype: 'float32', shape: [n, inputs], data })
  await fit({ model, train, labels, out, layer: '/relu/Gemm' })
  const { path, leftOut } = await evaluate({ directory: out, steps: 0, tests: 8 })
  for (const { train } of path) expect(train.accuracy).toBe(null)
  expect(leftOut).toContainEqual({ part: 'mislabels', reason: 'a hidden layer has no labels' })
})
