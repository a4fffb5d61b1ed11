import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { explain } from '../../src/app/explain/explain.ts'
import { fit } from '../../src/app/fit/fit.ts'
import { mistakes } from '../../src/app/mistakes.ts'
import { suspectsCsv } from '../../src/app/suspects/export.ts'
import { suspects } from '../../src/app/suspects/suspects.ts'
import type { TypedArray } from '../../src/formats/ndarray.ts'
import { randomNormal } from '../../src/math/random.ts'
import { saveArray, temporaryDirectory } from './bundle.ts'

const [N, D, C] = [240, 4, 3]

/** Features, and outputs that are linear in them. */
async function linearProblem(c: number) {
  const directory = await temporaryDirectory()
  const normal = randomNormal(5)
  const features = Float32Array.from({ length: N * D }, normal)
  const weight = Array.from({ length: D * c }, normal)
  const outputs = Float32Array.from({ length: N * c }, (_, k) => {
    const [i, j] = [Math.floor(k / c), k % c]
    let sum = 0.5
    for (let a = 0; a < D; a++) sum += features[i * D + a] * weight[a * c + j]
    return sum
  })
  const save = (name: string, shape: number[], data: TypedArray, dtype: 'float32' | 'int64' = 'float32') =>
    saveArray(directory, name, { dtype, shape, data })
  return {
    save,
    async saveNames(names: readonly string[]): Promise<string> {
      const file = join(directory, 'names.json')
      await writeFile(file, JSON.stringify(names))
      return file
    },
    outputs,
    files: { out: join(directory, 'explainer'), features: await save('f', [N, D], features) },
  }
}

test('a regression on labels finds the ones that are off, and says what they should be', async () => {
  const { save, outputs, files } = await linearProblem(1)
  const labels = outputs.map((y, i) => (i % 40 === 3 ? y + 5 : y))
  const answer = await fit({
    ...files,
    labels: await save('y', [N], labels),
    activation: 'identity',
    lambda: 1e-4,
  })
  expect(answer).toMatchObject({ task: 'regression', targets: 'labels', c: 1, status: 'converged' })
  expect(answer.accuracy).toEqual({ train: null, test: null, fittedTrain: null, fittedTest: null })
  expect(answer.relativeGap).toBeLessThan(1e-3)

  const ranked = await suspects({ directory: files.out, k: 6 })
  expect(ranked.suspects.map(({ row }) => row).sort((a, b) => a - b)).toEqual([3, 43, 83, 123, 163, 203])
  for (const { row, output, label, suggested } of ranked.suspects) {
    expect(output).toBe(0)
    expect(label).toBe(labels[row])
    expect(Math.abs(suggested - outputs[row])).toBeLessThan(1)
  }
  expect(suspectsCsv(ranked).split(/\r?\n/)[0]).toBe(
    'rank,row,id,output,label,suggested,predicted,suspicion,speaks_for,speaks_against',
  )

  const { explanations, task } = await explain({ directory: files.out, inputs: ['train/3'], k: 2 })
  expect(task).toBe('regression')
  const [{ labelValue, label, excitatory }] = explanations
  expect([labelValue, label]).toEqual([labels[3], null])
  for (const entry of excitatory) expect(entry.labelValue).toBe(labels[entry.row])
  await expect(mistakes({ directory: files.out })).rejects.toThrow(
    `${files.out}: its outputs are numbers, expected one class an example to count mistakes`,
  )
})

test('whole numbers are what a regression gives too, where one output is to give numbers', async () => {
  const { save, outputs, files } = await linearProblem(1)
  const ages = BigInt64Array.from(outputs, y => BigInt(Math.round(40 + 10 * y)))
  const labels = await save('ages', [N], ages, 'int64')
  const answer = await fit({ ...files, labels, activation: 'identity' })
  expect(answer).toMatchObject({ task: 'regression', c: 1 })
  const { explanations } = await explain({ directory: files.out, inputs: ['train/7'] })
  expect(explanations[0].labelValue).toBe(Number(ages[7]))
})

/** Yes or no for each of three outputs, a few of them wrong. */
const multiLabel = (outputs: Float32Array): Float32Array =>
  outputs.map((x, k) => Number(x > 0 !== (k % 97 === 11)))

test('labels of several outputs are doubted one by one, at the output that resists most', async () => {
  const { save, saveNames, outputs, files } = await linearProblem(C)
  const labels = multiLabel(outputs)
  const strong = outputs.map(x => 8 * x)
  const answer = await fit({
    ...files,
    logits: await save('l', [N, C], strong),
    labels: await save('y', [N, C], labels),
    activation: 'sigmoid',
    classes: await saveNames(['cat', 'dog', 'cow']),
  })
  expect(answer).toMatchObject({ task: 'multi-label', targets: 'teacher', c: C })
  expect(answer.accuracy.train).toBeNull()
  expect(answer.labelsFit?.status).toBe('converged')

  const flipped = new Set(Array.from(labels.keys()).filter(k => k % 97 === 11))
  const ranked = await suspects({ directory: files.out, k: flipped.size })
  const found = ranked.suspects.filter(({ row, output }) => flipped.has(row * C + (output ?? -1)))
  expect(found.length).toBeGreaterThan(0.7 * flipped.size)
  for (const { row, output, label, suggested } of found) {
    expect(label).toBe(labels[row * C + (output ?? -1)])
    expect(suggested).toBe(1 - label)
  }
  const [line] = suspectsCsv(ranked).trimEnd().split(/\r?\n/).slice(1)
  expect(line).toMatch(/(not )?(cat|dog|cow),(not )?(cat|dog|cow),train\/\d+,train\/\d+$/)
})

test.each([
  ['softmax', [N, C], 'expected one class index an example [n], got [240, 3], save the argmax where'],
  ['softmax', [N], 'label 0.5 at row 0, expected a class index, 0 or more'],
  ['sigmoid', [N, 2], 'expected [240, 3], got [240, 2]'],
  ['relu', [N, C], '-1.25 at row 0, output 1, expected 0 to Infinity, which relu gives'],
])('numbers that are no labels under %s are refused: %s', async (activation, shape, message) => {
  const { save, outputs, files } = await linearProblem(C)
  const length = shape.reduce((product, size) => product * size)
  const data = Float32Array.from({ length }, (_, k) => (activation === 'sigmoid' ? 1 : k === 1 ? -1.25 : 0.5))
  const labels = await save('y', shape, data)
  const logits = await save('l', [N, C], outputs)
  await expect(fit({ ...files, logits, labels, activation })).rejects.toThrow(`${labels}: ${message}`)
})
