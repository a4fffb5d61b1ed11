import type { ExampleColumns, ExampleMap, MapPoints } from '../../../src/server/wire.ts'

/** Every point of the map with what is known of its example, one number for each: training examples first. */
export interface Points {
  readonly count: number
  readonly x: Float32Array
  readonly y: Float32Array
  /** 1 for a test example, 0 for a training example */
  readonly isTest: Uint8Array
  /** In its split */
  readonly row: Int32Array
  readonly id: readonly string[]
  /** −1 where there is none */
  readonly label: Int32Array
  /** −1 where it is not known */
  readonly predicted: Int32Array
  /** High = worse; NaN where there is none */
  readonly suspicion: Float64Array
  /** The point of an example; −1 where it is not on the map */
  pointOf(split: 'train' | 'test', row: number): number
}

/** Columns may be sampled otherwise than the map: what they lack is not known here. */
export function joinPoints(
  map: ExampleMap,
  train: ExampleColumns | null,
  test: ExampleColumns | null,
): Points {
  const count = map.train.rows.length + map.test.rows.length
  const row = Int32Array.from([...map.train.rows, ...map.test.rows])
  const id: string[] = new Array(count)
  const label = new Int32Array(count).fill(-1)
  const predicted = new Int32Array(count).fill(-1)
  const suspicion = new Float64Array(count).fill(Number.NaN)
  const fill = (points: MapPoints, columns: ExampleColumns | null, split: string, from: number): void => {
    const at = new Map(columns?.rows.map((row, i) => [row, i]))
    points.rows.forEach((row, i) => {
      const found = at.get(row)
      id[from + i] = `${split}/${row}`
      if (!columns || found === undefined) return
      id[from + i] = columns.ids[found]
      label[from + i] = columns.labels?.[found] ?? -1
      predicted[from + i] = columns.predicted[found]
      suspicion[from + i] = columns.suspicion?.[found] ?? Number.NaN
    })
  }
  fill(map.train, train, 'train', 0)
  fill(map.test, test, 'test', map.train.rows.length)
  const places = {
    train: new Map(map.train.rows.map((row, i) => [row, i])),
    test: new Map(map.test.rows.map((row, i) => [row, map.train.rows.length + i])),
  }
  return {
    count,
    x: Float32Array.from([...map.train.x, ...map.test.x]),
    y: Float32Array.from([...map.train.y, ...map.test.y]),
    isTest: new Uint8Array(count).fill(1, map.train.rows.length),
    row,
    id,
    label,
    predicted,
    suspicion,
    pointOf: (split, row) => places[split].get(row) ?? -1,
  }
}

export const splitOf = (points: Points, i: number): 'train' | 'test' => (points.isTest[i] ? 'test' : 'train')

export const isWrong = ({ label, predicted }: Points, i: number): boolean =>
  label[i] >= 0 && predicted[i] >= 0 && label[i] !== predicted[i]
