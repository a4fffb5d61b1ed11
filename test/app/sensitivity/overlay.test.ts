import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { commonScaleOf, greyOf, overlay, planeLayout, planeOf } from '../../../src/app/sensitivity/overlay.ts'
import { sensitivity } from '../../../src/app/sensitivity/sensitivity.ts'
import { decodeImageBytes } from '../../../src/formats/images.node.ts'
import { divergingColour } from '../../../src/views/diverging.ts'
import { fitted, modelPath, readMap } from './fitted.ts'

const first = planeLayout('input', [12], [3, 2, 2])
const last = planeLayout('input', [12], [2, 2, 3])
if (!first || !last) throw new Error('pictures without a layout')

describe('a plane', () => {
  test('is the sum over the channels, wherever these stand', () => {
    const numbers = Array.from({ length: 12 }, (_, i) => 2 ** i)
    expect([...planeOf(numbers, first).values]).toEqual([0, 1, 2, 3].map(i => 2 ** i * (1 + 16 + 256)))
    expect([...planeOf(numbers, last).values]).toEqual([0, 1, 2, 3].map(i => 8 ** i * 7))
  })

  test('of a layer is a picture where it has height and width', () => {
    expect(planeLayout('layer', [5, 2, 3], [12])).toMatchObject({ channels: 5, height: 2, width: 3 })
    for (const shape of [[7], [4, 4], [2, 3, 4, 5]]) expect(planeLayout('layer', shape, [28, 28])).toBe(null)
    expect(planeLayout('tokens', [3, 4, 5], [28, 28])).toBe(null)
    expect(planeLayout('input', [6], [6])).toBe(null)
  })

  test('in grey is bytes as they are, and other numbers from the least to the most', () => {
    const bytes = Uint8Array.from([0, 0, 0, 30, 60, 90, 255, 255, 255, 9, 9, 9])
    expect([...greyOf(bytes, last).values]).toEqual([0, 60, 255, 9])
    expect([...greyOf(Float32Array.from([-1, 1, 0, 3]), { ...last, channels: 1 }).values]).toEqual([
      0, 127.5, 63.75, 255,
    ])
  })
})

test('a coarse map over a picture is as fine as the picture', () => {
  const [map, grey] = [
    { height: 1, width: 2, values: Float32Array.from([1, -1]) },
    { height: 2, width: 4, values: Float32Array.from([0, 50, 100, 150, 200, 250, 10, 20]) },
  ]
  const { width, height, data } = overlay(map, grey, 2)
  expect([width, height]).toEqual([4, 2])
  for (const [i, value] of grey.values.entries()) {
    expect([...data.subarray(3 * i, 3 * i + 3)]).toEqual([...divergingColour(value, i % 4 < 2 ? 0.5 : -0.5)])
  }
})

test('one scale is for all: few numbers of any are beyond it, and more maps of less change nothing', () => {
  const plane = (values: number[]) => ({ height: 1, width: values.length, values: Float32Array.from(values) })
  const small = Array.from({ length: 500 }, (_, i) => i / 500)
  const large = Array.from({ length: 500 }, () => -4)
  const many = Array.from({ length: 300 }, () => plane(small))
  expect([commonScaleOf([plane(large)]), commonScaleOf([plane(large), ...many])]).toEqual([4, 4])
  expect(commonScaleOf([plane([...small, 1000])])).toBeLessThan(1)
  expect([commonScaleOf([plane([0, 0])]), commonScaleOf([plane([0, 0, 3])]), commonScaleOf([])]).toEqual([
    1, 3, 1,
  ])
})

test('overlays are the numbers of the maps beside them, on the one scale', async () => {
  const { out, maps, input } = await fitted(modelPath('conv'), [1, 8, 8])
  const options = { directory: out, input: 'train/3', out: maps, k: 1, pairs: true, groups: [0] }
  const { scale, pairScale, parts, groups, rest, map } = await sensitivity({ ...options, k: 1 })
  const greyAt = (row: number, i: number) => {
    const x = input(row)
    const [least, most] = [Math.min(...x), Math.max(...x)]
    return Math.fround((255 * (x[i] - least)) / (most - least))
  }
  const pairs = parts.flatMap(({ row, pair }) => (pair ? [{ ...pair, row, unit: pairScale }] : []))
  const own = [...parts, ...groups, rest, map].map(written => ({ ...written, row: 3, unit: scale }))
  expect([own.length, pairs.length]).toEqual([5, 2])
  for (const { file, overlay, row, unit } of [...own, ...pairs]) {
    const { data } = await readMap(maps, file)
    const png = await decodeImageBytes(new Uint8Array(await readFile(join(maps, overlay ?? ''))), 'overlay')
    expect([png.width, png.height]).toEqual([224, 224])
    for (let i = 0; i < 64; i++) {
      const at = 3 * (Math.floor(i / 8) * 28 * 224 + (i % 8) * 28)
      const expected = divergingColour(greyAt(row, i), data[i] / (unit ?? Number.NaN))
      expect([...png.data.subarray(at, at + 3)]).toEqual([...expected])
    }
  }
})
