import { join } from 'node:path'
import { expect, test } from 'vitest'
import { explain } from '../../src/app/explain/explain.ts'
import { openExplainer } from '../../src/app/explainer/open.ts'
import { labelWords } from '../../src/app/explainer/suspect.ts'
import { fit } from '../../src/app/fit/fit.ts'
import { mistakes } from '../../src/app/mistakes.ts'
import { suspects } from '../../src/app/suspects/suspects.ts'
import { readFileBytes } from '../../src/formats/files.node.ts'
import { readNpy } from '../../src/formats/npy.ts'
import { randomNormal } from '../../src/math/random.ts'
import { type Bundle, saveArray, temporaryDirectory, writeBundle } from './bundle.ts'

const load = async (...path: string[]): Promise<number[]> =>
  Array.from((await readNpy(await readFileBytes(join(...path)))).data, Number)

/** What the fit takes of a bundle. */
function inputsOf({ directory: _, ...bundle }: Bundle): Omit<Bundle, 'directory'> {
  return bundle
}

const [N, D, C] = [200, 6, 3]

test.each(['plain', 'centred'] as const)(
  'a free bias is stored, and stored values of the %s kernel add up with it to the logit',
  async kernel => {
    const bundle = await writeBundle({ nonNegative: false })
    const answer = await fit({ ...inputsOf(bundle), bias: 'free', kernel })
    expect(answer).toMatchObject({ status: 'converged', bias: 'free', kernel })
    const explainer = await openExplainer(bundle.out, { verify: true })
    const alpha = await load(bundle.out, 'alpha.npy')
    const features = await load(bundle.out, 'train/features.npy')
    const mean = kernel === 'centred' ? await load(bundle.out, 'mean.npy') : new Array(D).fill(0)
    const queries = await load(bundle.out, 'test/features.npy')
    for (let t = 0; t < 10; t++) {
      const query = queries.slice(t * D, (t + 1) * D)
      for (let output = 0; output < C; output++) {
        const { logit, bias, completenessGap, byClass } = explainer.explain(query, { output })
        let sum = bias
        for (let i = 0; i < N; i++) {
          let similarity = 0
          for (let a = 0; a < D; a++) similarity += (features[i * D + a] - mean[a]) * (query[a] - mean[a])
          sum += alpha[i * C + output] * similarity
        }
        expect(Math.abs(Math.abs(sum - logit) - completenessGap)).toBeLessThan(1e-10)
        expect(completenessGap).toBeLessThan(1e-3)
        expect(byClass.reduce((total, { value }) => total + value, bias)).toBeCloseTo(sum, 9)
      }
    }
    const { suspects: ranked } = await suspects({ directory: bundle.out })
    expect(ranked).toHaveLength(N)
  },
)

test('labels without an example of some class get no fit under a free bias, and that is said', async () => {
  const bundle = await writeBundle()
  const labels = await saveArray(bundle.directory, 'two', {
    dtype: 'int64',
    shape: [N],
    data: BigInt64Array.from({ length: N }, (_, i) => BigInt(i % 2)),
  })
  const answer = await fit({ ...inputsOf(bundle), labels, bias: 'free' })
  expect(answer.labelsFit).toBeNull()
  expect(answer.warnings).toContainEqual(
    expect.stringContaining('no fit with labels, so no suspects: bias free: the targets of output 2 are 0'),
  )
  await expect(
    fit({ ...inputsOf(bundle), labels, bias: 'free', targets: 'labels', force: true }),
  ).rejects.toThrow(
    'bias free: the targets of output 2 are 0 for every training example, so its bias has no minimum',
  )
})

test('soft labels are what the fit is pulled towards, labels or not', async () => {
  const bundle = await writeBundle()
  const soft = new Float32Array(N * C)
  for (let i = 0; i < N; i++) soft.set([0.5, 0.25, 0.25], i * C)
  const { features, out } = bundle
  const file = await saveArray(bundle.directory, 'soft', { dtype: 'float32', shape: [N, C], data: soft })
  const answer = await fit({ features, out, soft: file, lambda: 1e-4, gap: 1e-6 })
  expect(answer).toMatchObject({ targets: 'soft', c: C, task: 'classification', status: 'converged' })
  expect(await load(out, 'train/targets.npy')).toEqual(Array.from(soft))
  const logits = (await openExplainer(out)).explain([1, 1, 1, 1, 1, 1], { contrast: [0, 1] }).logit
  // The same targets everywhere are met by the bias alone.
  expect(logits).toBeCloseTo(Math.log(2), 2)
})

test.each([
  ['softmax', [0.5, 0.25, 0.5], 'row 0 sums to 1.25000, expected probabilities that sum to 1'],
  ['softmax', [1.5, -0.5, 0], '1.5 at row 0, output 0, expected 0 to 1, which softmax gives'],
  ['sigmoid', [0.5, 2, 0], '2 at row 0, output 1, expected 0 to 1, which sigmoid gives'],
  ['relu', [0.5, 2, -1], '-1 at row 0, output 2, expected 0 to Infinity, which relu gives'],
  ['clip:-1,1', [0, 0, 2], '2 at row 0, output 2, expected -1 to 1, which clip:-1,1 gives'],
])('soft labels that %s never gives are refused: %s', async (activation, row, message) => {
  const bundle = await writeBundle()
  const data = Float32Array.from({ length: N * C }, (_, k) => row[k % C])
  const soft = await saveArray(bundle.directory, 'soft', { dtype: 'float32', shape: [N, C], data })
  await expect(fit({ ...inputsOf(bundle), soft, activation })).rejects.toThrow(`${soft}: ${message}`)
})

test('soft labels tell how many outputs there are, and so that labels are classes', async () => {
  const { features, labels, out, directory } = await writeBundle()
  const data = Float32Array.from({ length: N * C }, randomNormal(4))
  const soft = await saveArray(directory, 'soft', { dtype: 'float32', shape: [N, C], data })
  const answer = await fit({ features, labels, soft, out, activation: 'identity' })
  expect(answer).toMatchObject({ targets: 'soft', c: C, task: 'classification', status: 'converged' })
  expect((await openExplainer(out)).examples.labels).not.toBeNull()
})

test('soft labels of another number of examples are refused', async () => {
  const { features, out, directory } = await writeBundle()
  const data = new Float32Array((N - 1) * C).fill(1 / C)
  const soft = await saveArray(directory, 'soft', { dtype: 'float32', shape: [N - 1, C], data })
  await expect(fit({ features, soft, out })).rejects.toThrow(
    `${soft}: expected [${N}, ${C}], got [${N - 1}, ${C}]`,
  )
})

test('a yes and a no are words, a soft label is its number', () => {
  const named = { task: 'multi-label', classes: ['cat'], outputs: ['cat'] } as const
  expect([0, 0.3, 0.7, 1].map(label => labelWords(named, { output: 0 }, label))).toEqual([
    'not cat',
    'cat: 0.3',
    'cat: 0.7',
    'cat',
  ])
})

test.each([
  [{ targets: 'soft' }, '--targets soft: needs --soft FILE with the soft labels'],
  [{ soft: 's.npy', targets: 'teacher' }, '--soft with --targets teacher: expected one of them'],
  [{ kernel: 'centred' }, '--kernel centred: expected --bias free'],
  [{ kernel: 'round' }, 'kernel not found: round, expected one of plain, centred'],
  [{ activation: 'gelu' }, 'activation not found: gelu, expected one of softmax, sigmoid'],
  [{ activation: 'clip:6,0' }, 'activation not found: clip:6,0'],
] as const)('choices that do not go together are refused: %o', async (choices, message) => {
  const bundle = await writeBundle()
  // What a caller without types may pass.
  await expect(fit({ ...inputsOf(bundle), ...(choices as object) })).rejects.toThrow(message)
})

/** One output that tells two classes apart. */
async function binary() {
  const directory = await temporaryDirectory()
  const normal = randomNormal(3)
  const features = Float32Array.from({ length: N * 2 }, normal)
  const logits = Float32Array.from({ length: N }, (_, i) => 3 * features[2 * i] - features[2 * i + 1])
  const labels = BigInt64Array.from(logits, (x, i) => BigInt(x > 0 !== (i % 20 === 0)))
  const save = (
    name: string,
    dtype: 'float32' | 'int64',
    shape: number[],
    data: typeof logits | typeof labels,
  ) => saveArray(directory, name, { dtype, shape, data })
  return {
    out: join(directory, 'explainer'),
    features: await save('f', 'float32', [N, 2], features),
    logits: await save('l', 'float32', [N, 1], logits),
    labels: await save('y', 'int64', [N], labels),
  }
}

test('a single sigmoid output tells two classes apart: predictions, accuracy, suspects and mistakes', async () => {
  const files = await binary()
  const answer = await fit({ ...files, activation: 'sigmoid' })
  expect(answer).toMatchObject({ c: 1, task: 'classification', accuracy: { train: 0.95 } })
  const { suspects: ranked } = await suspects({ directory: files.out })
  const flipped = new Set(Array.from({ length: N / 20 }, (_, k) => 20 * k))
  const found = ranked.slice(0, flipped.size).filter(({ row }) => flipped.has(row))
  expect(found.length).toBeGreaterThanOrEqual(7)
  for (const { label, suggested, output } of found) {
    expect([label, 1 - suggested]).toEqual([label, label])
    expect(output).toBeNull()
  }

  const counted = await mistakes({ directory: files.out, cell: [1, 0], k: N })
  expect(counted.matrix.flat().reduce((sum, count) => sum + count)).toBe(N)
  expect(counted.accuracy).toBeCloseTo(0.95)
  // The second class speaks through the output, the first against it.
  const { row } = counted.cell?.examples[0] ?? { row: 0 }
  const { explanations } = await explain({ directory: files.out, inputs: [`train/${row}`] })
  const [{ output, predicted, label, inhibitory }] = explanations
  expect({ output, predicted, label }).toEqual({ output: 0, predicted: 0, label: 1 })
  const frequent = new Set(counted.cell?.inhibitory.map(({ row }) => row))
  expect(inhibitory.every(({ row }) => frequent.has(row))).toBe(true)
  expect(frequent.size).toBeLessThan(N)
  expect(counted.cell?.excitatory.map(({ row }) => row)).toEqual(
    counted.cell?.inhibitory.map(({ row }) => row),
  )
})

test('labels alone may be those of a single sigmoid output', async () => {
  const { features, labels, out } = await binary()
  const answer = await fit({ features, labels, out, activation: 'sigmoid' })
  expect(answer).toMatchObject({ c: 1, targets: 'labels', task: 'classification' })
  expect(answer.accuracy.fittedTrain).toBeGreaterThan(0.93)
})

test('activations that give no probabilities stop at a gap relative to the pre-activation', async () => {
  const bundle = await writeBundle()
  for (const activation of [
    'identity',
    'relu',
    'tanh',
    'softplus',
    'leaky-relu',
    'elu',
    'clip:0,6',
    'hard-sigmoid',
  ]) {
    const answer = await fit({ ...inputsOf(bundle), activation, force: true })
    expect(answer.status).toBe('converged')
    expect(answer.relativeGap).toBeLessThan(3e-4)
    expect(answer.relativeGap).toBeGreaterThan(0)
    expect(answer.labelsFit).toBeNull()
    expect(answer.fidelity.train?.pearson).toBeGreaterThan(0.95)
  }
  expect((await fit({ ...inputsOf(bundle), force: true })).relativeGap).toBeNull()
})
