import * as z from 'zod/mini'
import type { Filter } from '../formats/resize-weights.ts'
import { checkSchema } from '../formats/schema.ts'
import { UserError } from '../user-error.ts'
import type { KnownPreprocess } from './picture-preprocess.ts'

const length = z.int().check(z.positive(), z.maximum(8192))
const numbers = z.array(z.number())
const square = (edge: number) => ({ height: edge, width: edge })

/** PIL's numbers for its filters. */
const PIL_FILTERS: readonly Filter[] = ['nearest', 'lanczos', 'bilinear', 'bicubic', 'box', 'hamming']

const sides = z.object({ height: length, width: length })
const cropShare = z.number().check(z.positive(), z.maximum(1))

/** `preprocessor_config.json` of Hugging Face; what is missing there is as in its image processors. */
const huggingFace = z.object({
  do_resize: z.optional(z.boolean()),
  size: z.optional(z.union([length, sides, z.object({ shortest_edge: length })])),
  resample: z.nullish(z.int().check(z.minimum(0), z.maximum(5))),
  do_center_crop: z.nullish(z.boolean()),
  crop_size: z.nullish(z.union([length, sides])),
  do_rescale: z.nullish(z.boolean()),
  rescale_factor: z.nullish(z.number().check(z.positive())),
  do_normalize: z.nullish(z.boolean()),
  image_mean: z.nullish(numbers),
  image_std: z.nullish(numbers),
  crop_pct: z.nullish(cropShare),
  do_flip_channel_order: z.nullish(z.boolean()),
})

/** From ConvNeXT on, an edge from here on is stretched to and not cropped. */
const UNCROPPED_EDGE = 384

/** Reads `preprocessor_config.json`. Errors: UserError `format`, naming the first entry that cannot be followed. */
export function readHuggingFaceConfig(text: string, name: string): KnownPreprocess {
  const config = parse(huggingFace, json(text, name), name)
  const filter = config.resample == null ? undefined : PIL_FILTERS[config.resample]
  const cropped = config.do_center_crop ?? false
  return {
    ...(filter && { filter }),
    ...sizing(config, cropped),
    scale: config.do_rescale === false ? 1 : (config.rescale_factor ?? 1 / 255),
    ...(config.do_normalize !== false && config.image_mean && { mean: config.image_mean }),
    ...(config.do_normalize !== false && config.image_std && { std: config.image_std }),
    ...(config.do_flip_channel_order && { channels: 'bgr' as const }),
  }
}

function sizing(
  { do_resize, size, crop_size, crop_pct }: z.infer<typeof huggingFace>,
  cropped: boolean,
): Pick<KnownPreprocess, 'resize' | 'crop'> {
  const crop =
    cropped && crop_size != null ? (typeof crop_size === 'number' ? square(crop_size) : crop_size) : null
  if (do_resize === false) return { resize: null, ...(crop && { crop }) }
  if (size === undefined) return crop ? { crop } : {}
  const edge = typeof size === 'number' ? size : 'shortest_edge' in size ? size.shortest_edge : null
  if (edge !== null && crop_pct != null) {
    if (edge >= UNCROPPED_EDGE) return { resize: square(edge) }
    return { resize: { shortestEdge: Math.trunc(edge / crop_pct) }, crop: square(edge) }
  }
  // A bare number is the shortest edge where a crop follows, and a square where none does.
  if (typeof size === 'number')
    return crop ? { resize: { shortestEdge: size }, crop } : { resize: square(size) }
  if ('shortest_edge' in size) return { resize: { shortestEdge: size.shortest_edge }, ...(crop && { crop }) }
  return { resize: size, ...(crop && { crop }) }
}

/** `pretrained_cfg` in timm's `config.json`, which may also stand at its top. */
const timm = z.object({
  input_size: z.tuple([z.union([z.literal(1), z.literal(3)]), length, length]),
  interpolation: z.optional(
    z.enum(['nearest', 'box', 'bilinear', 'hamming', 'bicubic', 'lanczos', 'random']),
  ),
  crop_pct: z.nullish(cropShare),
  crop_mode: z.nullish(z.enum(['center', 'squash'])),
  mean: z.optional(numbers),
  std: z.optional(numbers),
})

/** What timm crops where a model does not say. */
const TIMM_CROP = 0.875

/** Reads timm's `config.json`; null where it is that of another library. Errors: UserError `format`. */
export function readTimmConfig(text: string, name: string): KnownPreprocess | null {
  const config = json(text, name) as { pretrained_cfg?: unknown } | null
  if (config?.pretrained_cfg == null) return null
  const { input_size, interpolation, crop_pct, crop_mode, mean, std } = parse(
    timm,
    config.pretrained_cfg,
    name,
  )
  const [channels, height, width] = input_size
  const share = crop_pct ?? TIMM_CROP
  const whole = { height: Math.floor(height / share), width: Math.floor(width / share) }
  const isSquare = height === width && crop_mode !== 'squash'
  if (height !== width && crop_mode !== 'squash') {
    throw new UserError(
      'format',
      `${name}: input_size: ${height} × ${width}, expected a square, give --size and --crop and move the file away`,
    )
  }
  return {
    channels: channels === 1 ? 'grey' : 'rgb',
    resize: isSquare ? { shortestEdge: whole.height } : whole,
    // Evaluation takes bilinear where training chose at random.
    filter: interpolation === 'random' ? 'bilinear' : (interpolation ?? 'bilinear'),
    crop: { height, width },
    scale: 1 / 255,
    ...(mean && { mean }),
    ...(std && { std }),
  }
}

function json(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new UserError('format', `${name}: no JSON, expected a pre-processing, repair or remove it`, {
      cause,
    })
  }
}

function parse<T>(schema: z.ZodMiniType<T>, value: unknown, name: string): T {
  const checked = checkSchema(schema, value)
  if ('data' in checked) return checked.data
  throw new UserError(
    'format',
    `${name}: ${checked.wrong}, expected a pre-processing of pictures, give it as flags and move the file away`,
  )
}
