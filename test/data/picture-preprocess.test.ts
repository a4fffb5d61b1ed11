import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  describePictures,
  type KnownPreprocess,
  type PictureOptions,
  preparePicture,
  resolvePictures,
} from '../../src/data/picture-preprocess.ts'
import { readHuggingFaceConfig, readTimmConfig } from '../../src/data/preprocess-config.ts'
import { findPreprocess } from '../../src/data/preprocess-file.node.ts'
import type { Picture } from '../../src/formats/picture.ts'
import { temporaryDirectory } from '../app/bundle.ts'

const resolve = (options: PictureOptions, known: KnownPreprocess, wanted: (number | null)[]) =>
  resolvePictures(options, known, wanted, 'm.onnx')

describe('what is done to pictures', () => {
  test('is stretching to what the model takes, where nothing is known', () => {
    const { preprocess, itemShape } = resolve({}, {}, [3, 24, 32])
    expect(itemShape).toEqual([3, 24, 32])
    expect(preprocess).toEqual({
      picture: { channels: 'rgb', resize: { height: 24, width: 32 }, filter: 'bilinear', crop: null },
      scale: 1 / 255,
      mean: [0],
      std: [1],
    })
  })

  test.each([
    [[1, 28, 28], 'grey', [1, 28, 28]],
    [[28, 28], 'grey', [28, 28]],
    [[28, 28, 1], 'grey', [28, 28, 1]],
    [[28, 30, 3], 'rgb', [28, 30, 3]],
    [[null, 28, 30], 'rgb', [3, 28, 30]],
  ])('follows the axes of an input %j', (wanted, channels, shape) => {
    const { preprocess, itemShape } = resolve({}, {}, wanted)
    expect([preprocess.picture.channels, itemShape]).toEqual([channels, shape])
  })

  test('is what flags say before what is known', () => {
    const known: KnownPreprocess = {
      resize: { shortestEdge: 256 },
      filter: 'bicubic',
      mean: [0.5],
      std: [0.5],
    }
    const { preprocess } = resolve({ mean: [0.1], size: 40, crop: 32 }, known, [3, null, null])
    expect(preprocess).toMatchObject({
      picture: { resize: { shortestEdge: 40 }, filter: 'bicubic', crop: { height: 32, width: 32 } },
      mean: [0.1],
      std: [0.5],
    })
    expect(describePictures(preprocess)).toBe(
      'rgb; shortest edge to 40 pixels (bicubic); the middle 32 × 32 pixels; x · 0.003922; mean 0.1; std 0.5',
    )
  })

  test('crops to what the model takes after a shortest edge', () => {
    expect(resolve({ size: 40 }, {}, [3, 32, 32]).preprocess.picture.crop).toEqual({ height: 32, width: 32 })
  })

  test.each<[PictureOptions, (number | null)[], string]>([
    [{}, [3, null, null], 'm.onnx: takes pictures of any size, expected one size for all, add --size'],
    [
      { size: 9 },
      [3, null, null],
      'm.onnx: takes pictures of any size, expected one size for all, add --crop',
    ],
    [
      { size: [9, 8] },
      [3, 32, 32],
      'm.onnx: takes pictures of 32 × 32 pixels, pre-processing gives 8 × 9 pixels, change --size or --crop',
    ],
    [{ size: 0.5 }, [3, 4, 4], 'size: 0.5, expected whole numbers of pixels, 1 to 8192'],
    [{ mean: [1, 2] }, [3, 4, 4], 'mean: 2 numbers, expected one, or 3 for rgb'],
    [{}, [784], 'm.onnx: takes [784] an example, expected [3, height, width] or [height, width, 3] for rgb'],
    [{ channels: 'cmyk' as 'rgb' }, [3, 4, 4], 'channels not found: cmyk, expected one of rgb, bgr, grey'],
  ])('%j for %j is refused', (options, wanted, message) => {
    expect(() => resolve(options, {}, wanted)).toThrow(message)
  })
})

describe('a picture', () => {
  const picture: Picture = { width: 1, height: 2, channels: 3, data: Uint8Array.of(1, 2, 3, 4, 5, 6) }
  const steps = { resize: null, filter: 'nearest', crop: null } as const
  test.each([
    ['rgb', [3, 2, 1], [1, 4, 2, 5, 3, 6]],
    ['bgr', [3, 2, 1], [3, 6, 2, 5, 1, 4]],
    ['bgr', [2, 1, 3], [3, 2, 1, 6, 5, 4]],
    ['grey', [2, 1], [2, 5]],
  ] as const)('%s %j', (channels, shape, bytes) => {
    expect([...preparePicture(picture, { ...steps, channels }, shape, 'x.png')]).toEqual(bytes)
  })

  test('of another size than the model takes is refused', () => {
    expect(() => preparePicture(picture, { ...steps, channels: 'rgb' }, [3, 2, 2], 'x.png')).toThrow(
      'x.png: 1 × 2 pixels, expected 2 × 2',
    )
  })

  test('that would become endless is refused', () => {
    const line: Picture = { width: 1_000_000, height: 1, channels: 1, data: new Uint8Array(1_000_000) }
    const long = { ...steps, channels: 'grey', resize: { shortestEdge: 224 } } as const
    expect(() => preparePicture(line, long, [224, 224], 'x.png')).toThrow(
      'too long to make its shortest edge 224',
    )
  })
})

describe('files beside a model', () => {
  const hf = (config: object) => readHuggingFaceConfig(JSON.stringify(config), 'preprocessor_config.json')
  const timm = (config: object) => readTimmConfig(JSON.stringify({ pretrained_cfg: config }), 'config.json')

  test('of ViT, CLIP and ConvNeXT', () => {
    const half = { image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] }
    const vit = {
      do_resize: true,
      do_normalize: true,
      resample: 2,
      size: { height: 224, width: 224 },
      ...half,
    }
    expect(hf(vit)).toEqual({
      filter: 'bilinear',
      resize: { height: 224, width: 224 },
      scale: 1 / 255,
      mean: [0.5, 0.5, 0.5],
      std: [0.5, 0.5, 0.5],
    })
    const clip = { resample: 3, size: 224, do_center_crop: true, crop_size: 224, rescale_factor: 0.5 }
    expect(hf(clip)).toEqual({
      filter: 'bicubic',
      resize: { shortestEdge: 224 },
      crop: { height: 224, width: 224 },
      scale: 0.5,
    })
    expect(hf({ size: { shortest_edge: 224 }, crop_pct: 0.875 })).toMatchObject({
      resize: { shortestEdge: 256 },
      crop: { height: 224, width: 224 },
    })
    expect(hf({ size: { shortest_edge: 384 }, crop_pct: 0.875 })).toMatchObject({
      resize: { height: 384, width: 384 },
    })
    expect(hf({ do_resize: false, do_rescale: false, do_normalize: false, ...half })).toEqual({
      resize: null,
      scale: 1,
    })
    expect(hf({ do_flip_channel_order: true })).toMatchObject({ channels: 'bgr' })
  })

  test('of timm', () => {
    const config = {
      input_size: [3, 224, 224],
      interpolation: 'bicubic',
      crop_pct: 0.95,
      mean: [0],
      std: [1],
    }
    expect(timm(config)).toMatchObject({
      resize: { shortestEdge: 235 },
      filter: 'bicubic',
      crop: { height: 224, width: 224 },
    })
    expect(timm({ ...config, crop_mode: 'squash' })).toMatchObject({ resize: { height: 235, width: 235 } })
    expect(readTimmConfig('{"model_type":"vit"}', 'config.json')).toBeNull()
  })

  test('that cannot be followed are refused by the entry', () => {
    expect(() => hf({ size: { longest_edge: 800 } })).toThrow('preprocessor_config.json: size: invalid input')
    expect(() => hf({ resample: 9 })).toThrow('preprocessor_config.json: resample: ')
    expect(() => timm({ input_size: [3, 224, 200] })).toThrow('input_size: 224 × 200, expected a square')
    expect(() => readTimmConfig('{', 'config.json')).toThrow('config.json: no JSON')
  })

  test('are found beside it, and above onnx/', async () => {
    const directory = await temporaryDirectory()
    await mkdir(join(directory, 'onnx'))
    const file = join(directory, 'preprocessor_config.json')
    await writeFile(file, '{"size":{"height":8,"width":8}}')
    for (const model of ['m.onnx', 'onnx/m.onnx']) {
      expect(await findPreprocess(join(directory, model), undefined)).toMatchObject({
        from: file,
        known: { resize: { height: 8, width: 8 } },
      })
    }
    expect(await findPreprocess(join(directory, 'm.onnx'), 'imagenet')).toMatchObject({ from: 'imagenet' })
    await expect(findPreprocess('m.onnx', 'x')).rejects.toThrow('preprocess not found: x, expected imagenet')
  })
})
