import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { openExplainer } from '../../src/app/explainer/open.ts'
import { fit } from '../../src/app/fit/fit.ts'
import { suspects } from '../../src/app/suspects/suspects.ts'
import { bytesOf } from '../../src/formats/bytes.ts'
import { readNpy } from '../../src/formats/npy.ts'
import { readNpz } from '../../src/formats/npz.ts'
import { readSafetensors } from '../../src/formats/safetensors.ts'
import { saveArray, temporaryDirectory, writeBundle } from './bundle.ts'

const load = async (path: string) => readNpy(bytesOf(await readFile(path), path))

test('a fit from arrays is complete within the gap asked for and close to the given model', async () => {
  const { directory: _, ...bundle } = await writeBundle()
  const answer = await fit({ ...bundle, gap: 1e-6, lambda: 1e-4 })
  expect(answer).toMatchObject({
    schemaVersion: 1,
    n: 200,
    d: 6,
    c: 3,
    lambda: 1e-4,
    bias: 'regularised',
    targets: 'teacher',
    activation: 'softmax',
    status: 'converged',
  })
  expect(answer.completenessGap).toBeLessThan(1e-6)
  expect(answer.fidelity.train?.pearson).toBeGreaterThan(0.999)
  expect(answer.fidelity.test?.pearson).toBeGreaterThan(0.999)
  expect(answer.accuracy.train).toBeGreaterThan(0.85)
})

test.each(['teacher', 'labels'] as const)(
  'with %s targets every stored value adds up to the logit',
  async targets => {
    const { directory: _, ...bundle } = await writeBundle({ nonNegative: false })
    await fit({ ...bundle, targets })
    const explainer = await openExplainer(bundle.out, { verify: true })
    const [features, alpha] = await Promise.all([
      load(join(bundle.out, 'train/features.npy')),
      load(join(bundle.out, 'alpha.npy')),
    ])
    for (let t = 0; t < 40; t++) {
      const { data } = await load(join(bundle.out, 'test/features.npy'))
      const query = Array.from(data.slice(t * 6, t * 6 + 6) as Float32Array)
      for (let j = 0; j < 3; j++) {
        let sum = 0
        for (let i = 0; i < 200; i++) {
          let similarity = 1
          for (let a = 0; a < 6; a++) similarity += Number(features.data[i * 6 + a]) * query[a]
          sum += Number(alpha.data[i * 3 + j]) * similarity
        }
        const { logit, completenessGap, byClass } = explainer.explain(query, { output: j })
        expect(Math.abs(sum - logit)).toBeLessThanOrEqual(completenessGap + 1e-11)
        expect(Math.abs(byClass.reduce((total, { value }) => total + value, 0) - sum)).toBeLessThan(1e-11)
      }
    }
  },
)

test('labels alone are enough, and the given head is stored where it is known', async () => {
  const { features, labels, out, headWeight, headBias } = await writeBundle()
  const answer = await fit({ features, labels, out })
  expect(answer).toMatchObject({ targets: 'labels', c: 3, fidelity: { train: null, test: null } })
  await fit({ features, labels, out, headWeight, headBias, force: true })
  const tensors = await readSafetensors(bytesOf(await readFile(join(out, 'head.safetensors')), 'head'))
  expect([...tensors.keys()].sort()).toEqual(['bias', 'given_bias', 'given_weight', 'weight'])
  const [c, d] = (await load(headWeight)).shape
  expect(tensors.get('given_weight')?.shape).toEqual([d, c])
})

test('the fit with labels is stored beside a fit with teacher targets, and ranks a planted wrong label first', async () => {
  const { directory, labels, ...bundle } = await writeBundle({ n: 300 })
  const { data, shape, dtype } = await load(bundle.logits)
  const clean = BigInt64Array.from({ length: 300 }, (_, i) => {
    const row = Array.from(data.slice(i * 3, i * 3 + 3) as Float32Array)
    return BigInt(row.indexOf(Math.max(...row)))
  })
  // The example that the model is surest of gets a wrong label.
  let surest = 0
  for (let i = 0; i < 300; i++) {
    const margin = (k: number) => Math.max(...(data.slice(k * 3, k * 3 + 3) as Float32Array))
    if (margin(i) > margin(surest)) surest = i
  }
  const flipped = clean.slice()
  flipped[surest] = (clean[surest] + 1n) % 3n
  const noisy = await saveArray(directory, 'noisy', { dtype: 'int64', shape: [300], data: flipped })
  expect([shape, dtype]).toEqual([[300, 3], 'float32'])
  await fit({ ...bundle, labels: noisy })
  const answer = await suspects({ directory: bundle.out, k: 5 })
  expect(answer.suspects[0]).toMatchObject({
    rank: 1,
    row: surest,
    id: `train/${surest}`,
    label: Number(flipped[surest]),
    suggested: Number(clean[surest]),
  })
  expect(labels).not.toBe(noisy)
})

test('the layout of a head is told by the logits, even where it is square', async () => {
  const { directory: _, ...bundle } = await writeBundle({ d: 4, c: 4 })
  const given = async () => (await openExplainer(bundle.out)).explain([1, 2, 3, 4], { output: 2 }).givenLogit
  await fit(bundle)
  const byLogits = await given()
  const { logits: _l, testLogits: _t, ...withoutLogits } = bundle
  await fit({ ...withoutLogits, headLayout: 'cd', force: true })
  expect(await given()).toBe(byLogits)
  await fit({ ...withoutLogits, headLayout: 'dc', force: true })
  expect(await given()).not.toBe(byLogits)
  await expect(fit({ ...withoutLogits, force: true })).rejects.toThrow(
    `${bundle.headWeight}: square [4, 4], so its layout cannot be told, say --head-layout cd (PyTorch) or dc (Keras)`,
  )
  await expect(fit({ ...bundle, headLayout: 'dc', force: true })).rejects.toThrow(
    /features · weight \+ bias misses the given logits by/,
  )
})

test('one .npz may hold features, logits, weight and bias together', async () => {
  const bundle = join(import.meta.dirname, '../onnx/fixtures/gemm.npz')
  const out = join(await temporaryDirectory(), 'explainer')
  expect(await fit({ features: bundle, out })).toMatchObject({ n: 3, d: 5, c: 4, targets: 'teacher' })
  const logits = (await readNpz(bytesOf(await readFile(bundle), bundle))).get('logits')
  const { givenLogit } = (await openExplainer(out)).explain(
    Array.from((await load(join(out, 'train/features.npy'))).data.slice(0, 5) as Float32Array),
    { output: 3 },
  )
  expect(givenLogit).toBeCloseTo(Number(logits?.data[3]), 5)
})

test('bias none leaves the constant out of fit and similarity', async () => {
  const { directory: _, ...bundle } = await writeBundle()
  await fit({ ...bundle, bias: 'none' })
  const explainer = await openExplainer(bundle.out)
  const query = [1, 0, 0, 0, 0, 0]
  const { data } = await load(bundle.features)
  const { excitatory } = explainer.explain(query, { output: 0, k: 1 })
  expect(excitatory[0].similarity).toBe(data[excitatory[0].row * 6])
})

test('ids and class names are carried through', async () => {
  const { directory: _, ...bundle } = await writeBundle({ n: 30 })
  const { writeFile } = await import('node:fs/promises')
  const ids = join(dirname(bundle.out), 'ids.txt')
  const classes = join(dirname(bundle.out), 'classes.json')
  await writeFile(ids, Array.from({ length: 30 }, (_, i) => `image ${i}.png\n`).join(''))
  await writeFile(classes, '["cat", "dog", "cow"]')
  await fit({ ...bundle, ids, classes })
  const explainer = await openExplainer(bundle.out)
  const explanation = await explainer.explainStored('test', 0, { output: 'cow' })
  expect(explanation.output).toBe(2)
  expect(explanation.excitatory[0].id).toBe(`image ${explanation.excitatory[0].row}.png`)
  expect(() => explainer.explain([0, 0, 0, 0, 0, 0], { output: 'horse' })).toThrow(
    'output not found: horse, expected one of cat, dog, cow',
  )
})

test('an aborted fit leaves nothing behind', async () => {
  const { directory, ...bundle } = await writeBundle()
  const controller = new AbortController()
  const before = await readdir(directory)
  const stopped = fit({
    ...bundle,
    signal: controller.signal,
    onProgress: step => step.phase === 'write' && controller.abort(),
  })
  await expect(stopped).rejects.toThrow(/abort/i)
  expect(await readdir(directory)).toEqual(before)
  expect(before).not.toContain(basename(bundle.out))
})

test('a fit that ends early says so, with the gap that it reached', async () => {
  const { directory: _, ...bundle } = await writeBundle()
  const answer = await fit({ ...bundle, maxIterations: 2 })
  expect(answer.status).toBe('max-iterations')
  expect(answer.completenessGap).toBeGreaterThan(1e-4)
})
