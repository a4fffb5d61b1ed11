import { describe, expect, test } from 'vitest'
import type { ExampleColumns, ExampleMap } from '../../../src/server/wire.ts'
import { classNames } from '../../../web/src/map/class-names.ts'
import { COLOUR_BY, colourPoints } from '../../../web/src/map/colouring.ts'
import { joinPoints } from '../../../web/src/map/points.ts'
import { depthFor, raysOf } from '../../../web/src/map/rays.ts'
import { afterShape, selectMode } from '../../../web/src/map/selecting.ts'

const N = 1000
const rows = Array.from({ length: N }, (_, i) => i)
const train: ExampleColumns = {
  schemaVersion: 1,
  split: 'train',
  of: N,
  rows,
  ids: rows.map(row => `id-${row}`),
  labels: rows.map(row => row % 3),
  predicted: rows.map(row => (row % 10 === 0 ? 0 : row % 3)),
  fitted: rows.map(row => row % 3),
  suspicion: rows.map(row => row / N),
}
const test_: ExampleColumns = {
  ...train,
  split: 'test',
  of: 3,
  rows: [0, 1, 2],
  ids: ['a', 'b', 'c'],
  labels: null,
  predicted: [2, 1, 0],
  fitted: [2, 1, 0],
  suspicion: null,
}
const map: ExampleMap = {
  schemaVersion: 1,
  method: 'umap',
  of: N + 3,
  train: { rows, x: rows, y: rows.map(row => -row) },
  test: { rows: [0, 2], x: [0.5, 1.5], y: [1, 2] },
}
const points = joinPoints(map, train, test_)
const name = (index: number): string => ['cat', 'dog', 'cow'][index]

describe('points', () => {
  test('have what the columns say of their own examples', () => {
    expect(points.count).toBe(N + 2)
    expect(points.pointOf('test', 2)).toBe(N + 1)
    expect(points.pointOf('test', 1)).toBe(-1)
    expect(points.id[N + 1]).toBe('c')
    expect(points.predicted[N + 1]).toBe(0)
    expect(points.label[N + 1]).toBe(-1)
    expect([points.x[N + 1], points.y[N + 1]]).toEqual([1.5, 2])
    expect(points.isTest.slice(N - 1)).toEqual(Uint8Array.from([0, 1, 1]))
  })

  test('keep what is not in sampled columns as not known, by its row', () => {
    const few = { ...train, rows: [5], ids: ['five'], labels: [1], predicted: [1], suspicion: [0.5] }
    const sampled = joinPoints(map, few, null)
    expect([sampled.id[5], sampled.label[5], sampled.suspicion[5]]).toEqual(['five', 1, 0.5])
    expect([sampled.id[6], sampled.label[6], sampled.predicted[6]]).toEqual(['train/6', -1, -1])
  })
})

describe('colours', () => {
  test.each(COLOUR_BY)('by %s stand for every point, and the legend counts them', by => {
    const { categories, of } = colourPoints(points, by, name)
    const counts = categories.map((_, at) => of.filter(category => category === at).length)
    expect(categories.map(({ count }) => count)).toEqual(counts)
    expect(counts.every(count => count > 0)).toBe(true)
    expect(counts.reduce((a, b) => a + b)).toBe(points.count)
  })

  test('by label are those of the class, with what has none apart', () => {
    const { categories, of } = colourPoints(points, 'label', name)
    expect(categories.map(category => category.name)).toEqual(['no label', 'cat', 'dog', 'cow'])
    expect(categories[of[4]].class).toBe(points.label[4])
    expect(categories[2].filter).toEqual({ label: [1] })
  })

  test('by suspicion hold the worst shares, and their filters keep these and worse', () => {
    const { categories } = colourPoints(points, 'suspicion', name)
    const of = Object.fromEntries(categories.map(category => [category.name, category]))
    expect(of['worst 1 %'].count).toBe(10)
    expect(of['worst 5 %'].count).toBe(40)
    expect(of['worst 20 %'].count).toBe(150)
    expect(of['not ranked'].count).toBe(2)
    const least = of['worst 5 %'].filter?.suspicion as number
    expect(points.suspicion.filter(value => value >= least).length).toBe(50)
  })

  test('by suspicion grow with it, so that colour does not say it alone', () => {
    const { categories } = colourPoints(points, 'suspicion', name)
    const sizes = categories.slice(1).map(({ grow }) => grow)
    expect(sizes).toEqual([...new Set(sizes)].sort((a, b) => a - b))
  })
})

test('a class is named at one of its own points that is shown', () => {
  const { categories, of } = colourPoints(points, 'label', name)
  const isShown = new Uint8Array(points.count).fill(1)
  for (let i = 0; i < N; i += 3) isShown[i] = 0
  const names = classNames(categories, of, points.x, points.y, isShown)
  expect(names.map(({ name }) => name).sort()).toEqual(['cow', 'dog'])
  for (const { name: said, x, y } of names) {
    const at = points.x.findIndex((value, i) => value === x && points.y[i] === y)
    expect(name(points.label[at])).toBe(said)
  }
})

describe('rays', () => {
  const entry = (row: number, value: number) => ({
    row,
    id: `id-${row}`,
    label: 0,
    labelValue: null,
    predicted: 0,
    value,
    alpha: 1,
    similarity: value,
  })

  test('go to each example of an explanation that is on the map, widest for the largest value', () => {
    const from = points.pointOf('test', 2)
    const explanation = { excitatory: [entry(3, 2), entry(N + 50, 1)], inhibitory: [entry(4, -4)] }
    const { rays, missing } = raysOf(from, explanation, points, 10)
    expect(missing).toBe(1)
    expect(rays.map(({ to, value }) => [to, value])).toEqual([
      [3, 2],
      [4, -4],
    ])
    expect(rays[1].width).toBe(2 * rays[0].width)
  })

  test('are the k largest of each sign on the map, and those passed over before them are counted', () => {
    const excitatory = [
      entry(N + 1, 5),
      entry(3, 4),
      entry(N + 2, 3),
      entry(4, 2),
      entry(N + 3, 1),
      entry(5, 0.5),
    ]
    const { rays, missing } = raysOf(0, { excitatory, inhibitory: [] }, points, 2)
    expect(rays.map(({ to }) => to)).toEqual([4, 3])
    expect(missing).toBe(2)
  })

  test('ask as deep as a sample needs, and never for less than is drawn', () => {
    expect([depthFor(10, 70, 70), depthFor(10, 10, 70), depthFor(10, 1, 70), depthFor(300, 1, 70)]).toEqual([
      10, 70, 200, 300,
    ])
  })

  test('do not go from a training example to itself', () => {
    const explanation = { excitatory: [entry(3, 2), entry(5, 1)], inhibitory: [] }
    const { rays, missing } = raysOf(3, explanation, points, 10)
    expect(rays.map(({ to }) => to)).toEqual([5])
    expect(missing).toBe(0)
  })
})

describe('a shape', () => {
  const none = { shiftKey: false, altKey: false, ctrlKey: false }

  test('replaces, adds with shift, and removes with alt or control', () => {
    expect(selectMode(none)).toBe('replace')
    expect(selectMode({ ...none, shiftKey: true })).toBe('add')
    expect(selectMode({ ...none, altKey: true })).toBe('remove')
    expect(selectMode({ ...none, ctrlKey: true, shiftKey: true })).toBe('remove')
    const selected = new Set([1, 2])
    expect([...afterShape(selected, [2, 3], 'replace')]).toEqual([2, 3])
    expect([...afterShape(selected, [2, 3], 'add')]).toEqual([1, 2, 3])
    expect([...afterShape(selected, [2, 3], 'remove')]).toEqual([1])
    expect([...selected]).toEqual([1, 2])
  })
})
