import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { commonScaleOf, greyOf, overlay, planeLayout, planeOf } from '../../../src/app/sensitivity/overlay.ts'
import { sensitivity } from '../../../src/app/sensitivity/sensitivity.ts'
import { decodeImageBytes } from '../../../src/formats/images.node.ts'
import { randomNormal } from '../../../src/math/random.ts'
import { divergingColour } from '../../../src/views/diverging.ts'
import { graphModel, node, tensor } from '../../onnx/graphs.ts'
import { temporaryDirectory } from '../bundle.ts'
import { fitted, modelPath, readMap } from './fitted.ts'

const ofInput = { target: 'input', shape: [12], isFeatureMap: false } as const
const first = planeLayout(ofInput, [3, 2, 2])
const last = planeLayout(ofInput, [2, 2, 3])
if (!first || !last) throw new Error('pictures without a layout')

describe('a plane', () => {
  test('is the sum over the channels, wherever these stand', () => {
    const numbers = Array.from({ length: 12 }, (_, i) => 2 ** i)
    expect([...planeOf(numbers, first).values]).toEqual([0, 1, 2, 3].map(i => 2 ** i * (1 + 16 + 256)))
    expect([...planeOf(numbers, last).values]).toEqual([0, 1, 2, 3].map(i => 8 ** i * 7))
  })

  test('of a layer is a picture where that is a feature map', () => {
    const layer = (shape: readonly number[], isFeatureMap = true) =>
      planeLayout({ target: 'layer', shape, isFeatureMap }, [28, 28])
    expect(layer([5, 2, 3])).toMatchObject({ channels: 5, height: 2, width: 3 })
    expect(layer([5, 2, 3], false)).toBe(null)
    for (const shape of [[7], [4, 4], [2, 3, 4, 5]]) expect(layer(shape)).toBe(null)
    expect(planeLayout(ofInput, [6])).toBe(null)
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

test('a layer that does not lie over the picture has no overlays, and says so', async () => {
  const directory = await temporaryDirectory()
  const model = join(directory, 'channels-last.onnx')
  const numbers = (count: number) => Array.from({ length: count }, randomNormal(6))
  const weights = [
    tensor('w', 'float32', [4, 1, 3, 3], numbers(36)),
    tensor('flat', 'int64', [2], [-1, 4 * 36]),
    tensor('v', 'float32', [4 * 36, 3], numbers(12 * 36)),
  ]
  const nodes = [
    node('Conv', ['x', 'w'], 'conv'),
    node('Transpose', ['conv'], 'last', { perm: [0, 2, 3, 1] }),
    node('Reshape', ['last', 'flat'], 'rows'),
    node('MatMul', ['rows', 'v'], 'y'),
  ]
  await writeFile(model, graphModel({ x: [1, 8, 8], nodes, weights }))
  const { out, maps } = await fitted(model, [1, 8, 8])
  const ask = (layer?: string) =>
    sensitivity({ directory: out, input: 'train/3', out: maps, k: 1, force: true, ...(layer && { layer }) })
  for (const layer of [undefined, 'conv']) {
    const { scale, map, noOverlays } = await ask(layer)
    expect([scale === null, map.overlay, noOverlays]).toEqual([false, 'map.png', null])
  }
  expect(await ask('last')).toMatchObject({
    shape: [6, 6, 4],
    scale: null,
    map: { overlay: null },
    noOverlays: 'no overlays: last [6, 6, 4] does not lie over the picture as feature maps [c, h, w] do',
  })
})
