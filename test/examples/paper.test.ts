import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openAuthorsWay, outer } from '../../examples/paper/authors-way.js'
import { clouds, hiddenUnits, trainedHead } from '../../examples/paper/blobs.js'
import { choicesOf, EXPERIMENTS, help } from '../../examples/paper/choices.js'
import { CIFAR10_FILES, logitsOf, rowOf } from '../../examples/paper/datasets.js'
import { accuracyWords } from '../../examples/paper/debugging.js'
import { words as fidelityWords } from '../../examples/paper/fidelity.js'
import { isFlat, marginOf, singleResidual } from '../../examples/paper/flatness.js'
import { byScore, corrected, flipped, pixelsOfPair, sampleOfPair } from '../../examples/paper/flips.js'
import { shareWords } from '../../examples/paper/maps.js'
import { withPart } from '../../examples/paper/page.js'
import { deviation, mean, median, shareWithDeviation } from '../../examples/paper/statistics.js'
import { openRuntime } from '../../src/app/machine/runtime.ts'
import type { Matrix } from '../../src/math/matrix.ts'
import { random, randomNormal } from '../../src/math/random.ts'

const runtime = openRuntime()
const normal = randomNormal(3)
const matrix = (rows: number, cols: number, next: () => number): Matrix<Float32Array> => ({
  rows,
  cols,
  data: Float32Array.from({ length: rows * cols }, next),
})

describe('influence as the authors work it out', () => {
  const [n, d, c, lambda] = [30, 4, 3, 0.05]
  const features = matrix(n, d, normal)
  const targets = matrix(n, c, () => 0)
  for (let i = 0; i < n; i++) targets.data[i * c + (i % c)] = 1
  const theta = { rows: d + 1, cols: c, data: Float64Array.from({ length: (d + 1) * c }, normal) }

  /** δ and f̃ of a training example, in double precision. */
  const stateOf = (i: number) => {
    const extended = Float64Array.of(...features.data.subarray(i * d, (i + 1) * d), 1)
    const logits = Array.from({ length: c }, (_, j) =>
      extended.reduce((sum, x, a) => sum + x * theta.data[a * c + j], 0),
    )
    const sum = logits.reduce((total, x) => total + Math.exp(x), 0)
    const p = logits.map(x => Math.exp(x) / sum)
    return { extended, p, residual: Float64Array.from(p, (x, j) => x - targets.data[i * c + j]) }
  }

  /** H v, written out. */
  function hessianTimes(v: Float64Array): Float64Array {
    const out = v.map(x => 2 * lambda * x)
    for (let i = 0; i < n; i++) {
      const { extended, p } = stateOf(i)
      const moved = p.map((_, j) => extended.reduce((sum, x, a) => sum + x * v[a * c + j], 0))
      const middle = moved.reduce((sum, x, j) => sum + p[j] * x, 0)
      for (const [a, x] of extended.entries()) {
        for (let j = 0; j < c; j++) out[a * c + j] += (x * p[j] * (moved[j] - middle)) / n
      }
    }
    return out
  }

  test('solves with the Hessian, and multiplies by the gradient of each example', async () => {
    const way = await openAuthorsWay(runtime, { features, targets, lambda }, theta)
    const { extended, residual } = stateOf(0)
    const right = outer(extended, residual)
    const solved = await way.solve(right)
    hessianTimes(solved).forEach((x, k) => {
      expect(x).toBeCloseTo(right[k], 4)
    })
    const values = await way.products(solved)
    for (let i = 0; i < n; i++) {
      const state = stateOf(i)
      const gradient = outer(state.extended, state.residual)
      const expected = solved.reduce((sum, x, k) => sum + x * gradient[k], 0) / n
      expect(values[i]).toBeCloseTo(expected, 6)
    }
    await way.release()
  })
})

describe('flipped labels', () => {
  const classes = Int32Array.from({ length: 50 }, (_, i) => i % 2)

  test('are a share of them, and say the other class', () => {
    const { labels, isFlipped } = flipped(classes, 0.4, 7)
    expect(isFlipped.reduce((sum, x) => sum + x, 0)).toBe(20)
    for (const [i, y] of classes.entries()) expect(labels[i] !== y).toBe(isFlipped[i] === 1)
    expect(flipped(classes, 0.4, 7)).toEqual({ labels, isFlipped })
    expect(flipped(classes, 0.4, 8).isFlipped).not.toEqual(isFlipped)
  })

  test('are right where they were inspected, and as they were elsewhere', () => {
    const { labels } = flipped(classes, 1, 7)
    const order = byScore(Float64Array.from(classes, random(1)))
    const found = corrected(labels, classes, order, 30)
    for (const [place, row] of order.entries()) {
      expect(found[row]).toBe(place < 30 ? classes[row] : labels[row])
    }
  })

  test('are inspected from the largest score on, the smaller row first on ties', () => {
    expect(byScore(Float64Array.of(1, 3, 2, 3))).toEqual([1, 3, 2, 0])
  })

  test('are of pictures of the two classes alone', async () => {
    const labels = Int32Array.of(0, 1, 7, 2, 7, 1)
    const picture = async (row: number) => ({ data: Uint8Array.of(row, 255) })
    const pool = await pixelsOfPair({ labels, picture }, [1, 7])
    expect([...pool.classes]).toEqual([0, 1, 1, 0])
    expect([...rowOf(pool.features, 2)]).toEqual([Math.fround(4 / 255), 1])
    const sample = sampleOfPair(pool, 1, 3)
    expect([...sample.classes]).toEqual([0, 1])
  })
})

describe('single precision', () => {
  test('has a flat loss where the other outputs underflow, and only there', () => {
    expect(isFlat([0, 110, 1], 1)).toBe(true)
    expect(isFlat([0, 100, 1], 1)).toBe(false)
    expect(isFlat([0, 110, 1], 0)).toBe(false)
  })

  test('has the residual of double precision but for rounding', () => {
    const logits = [0.3, -1, 2]
    const sum = logits.reduce((total, x) => total + Math.exp(x), 0)
    singleResidual(logits, 2).forEach((x, j) => {
      expect(x).toBeCloseTo(Math.exp(logits[j]) / sum - Number(j === 2), 6)
    })
  })

  test('loses a loss by its margin', () => {
    expect(marginOf([1, 5, 2], 1)).toBe(3)
    expect(marginOf([1, 5, 2], 0)).toBe(-4)
  })
})

test('the toy is two clouds that a network is much too sure of', () => {
  const { train, test: tests } = clouds(8)
  expect([train.length, tests.length]).toEqual([600, 400])
  for (const { label, x } of [...train, ...tests]) {
    for (const value of x) expect(Math.sign(value)).toBe(label === 1 ? 1 : -1)
  }
  const units = hiddenUnits(train, 8)
  const theta = trainedHead(
    units,
    train.map(({ label }) => label),
  )
  const margins = train.map(({ label }, i) => marginOf(logitsOf(theta, rowOf(units, i)), label))
  expect(Math.min(...margins)).toBeGreaterThan(103)
})

describe('statistics', () => {
  test('are those of a sample', () => {
    const values = [2, 4, 4, 4, 5, 5, 7, 9]
    expect(mean(values)).toBe(5)
    expect(deviation(values)).toBeCloseTo(Math.sqrt(32 / 7), 12)
    expect(median(values)).toBe(4.5)
    expect(median([3, 1, 2])).toBe(2)
    expect(deviation([3])).toBe(0)
  })

  test('are told with their unit once', () => {
    expect(shareWithDeviation([0.25, 0.75])).toBe('50.0 ± 35.4\u00a0%')
  })
})

test('a run writes its own part of the page and nothing else', () => {
  const page = 'a\n<!-- fig1 -->\nold\n<!-- end of fig1 -->\nb\n<!-- fig2 -->\n<!-- end of fig2 -->\nc'
  const written = withPart(page, 'fig1', 'new $& text\n')
  expect(written).toBe(page.replace('\nold\n', () => '\n\nnew $& text\n\n'))
  expect(withPart(written, 'fig1', 'new $& text')).toBe(written)
  expect(() => withPart(page, 'fig3', 'x')).toThrow('docs/paper.md: marks of fig3 not found')
})

describe('what is asked for', () => {
  test('is everything, on MNIST, unless told', () => {
    expect(choicesOf([], {})).toEqual({
      help: false,
      names: Object.keys(EXPERIMENTS),
      cifar10: undefined,
      work: 'representer-paper',
    })
    expect(choicesOf([], { REPRESENTER_CIFAR10: '' }).cifar10).toBeUndefined()
  })

  test('goes by every figure that an experiment draws, and runs it once', () => {
    expect(choicesOf(['fig10', 'fig1', 'fig4', 'fig3'], {}).names).toEqual(['fig3', 'fig1'])
    expect(() => choicesOf(['fig11'], {})).toThrow('experiment not found: fig11, expected one of fig1, fig2,')
    expect(() => choicesOf(['constructor'], {})).toThrow('experiment not found: constructor,')
  })

  test('is on CIFAR-10 where its files are, and refused where one is not', () => {
    const folder = mkdtempSync(join(tmpdir(), 'representer-cifar10-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    for (const file of CIFAR10_FILES.slice(0, 2)) writeFileSync(join(folder, file), '')
    const said = `folder of CIFAR-10: ${folder} has no test.parquet, expected resnet20.onnx, train.parquet, test.parquet in it`
    expect(() => choicesOf([], { REPRESENTER_CIFAR10: folder })).toThrow(said)
    expect(() => choicesOf(['--cifar10', folder], {})).toThrow(said)
    writeFileSync(join(folder, CIFAR10_FILES[2]), '')
    expect(choicesOf([], { REPRESENTER_CIFAR10: folder }).cifar10).toBe(folder)
    expect(choicesOf(['--cifar10', folder], { REPRESENTER_CIFAR10: '/nowhere' }).cifar10).toBe(folder)
  })

  test('is told by --help, and refused in one sentence before anything runs', () => {
    const script = fileURLToPath(new URL('../../examples/paper/paper.js', import.meta.url))
    const run = (...args: string[]) => spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' })
    expect(run('--help', '--cifar10', '/nowhere')).toMatchObject({ status: 0, stdout: help(), stderr: '' })
    expect(run('fig1', '--cifar10', '/nowhere')).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/^folder of CIFAR-10: \/nowhere has no resnet20.onnx, .*\n$/),
    })
    for (const name of [...Object.keys(EXPERIMENTS), 'fig4', 'fig10', '--cifar10', '--work']) {
      expect(help()).toContain(name)
    }
  })
})

describe('words about differences', () => {
  const accuracy = (influence: number[], random: number[]) => ({
    representer: [influence.map(() => 0.9)],
    influence: [influence],
    random: [random],
  })

  test('say behind where a mean is negative, and of each whether it is more than chance', () => {
    const words = accuracyWords(accuracy([0.88, 0.9, 0.89], [0.91, 0.92, 0.915]), 0)
    expect(words).toContain('Accuracy: does not agree.')
    expect(words).toContain('ahead of the influence order by 1.0 ± 1.0 points, which is not more than chance')
    expect(words).toContain('behind the random order by 1.5 ± 0.5 points, which is more than chance')
    expect(words).not.toContain('−')
  })

  test('agree where the representer order is ahead by more than chance', () => {
    expect(accuracyWords(accuracy([0.8, 0.81], [0.8, 0.81]), 0)).toContain('Accuracy: agrees.')
    expect(accuracyWords(accuracy([0.8, 0.81], [0.95, 0.96]), 0)).toContain('Accuracy: agrees in part.')
  })

  test('agree with the fidelity of the paper split by split', () => {
    const close = { pearson: 0.9999, meanAbsoluteDifference: 0.0001 }
    const far = { pearson: 0.9999, meanAbsoluteDifference: 0.01 }
    const said = (train: object, test: object) => fidelityWords([{ lambda: 0.003, train, test }])
    expect(said(close, close)).toMatch(/^Agrees: /)
    expect(said(far, close)).toMatch(/^Agrees in part: .* on test examples, and less close on training /)
    expect(said(close, far)).toMatch(/^Agrees in part: .* on training examples, and less close on test /)
    expect(said(far, far)).toMatch(/^Does not agree: /)
  })

  test('count the shares of maps that are negative', () => {
    expect(shareWords([-0.1, 0.2, 0, -0.3])).toContain('less than 0 for 2 of the 4 test examples')
  })
})
