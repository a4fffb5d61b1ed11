import { node, tensor } from '../../onnx/graphs.ts'
import { type Attributes, type Case, exact, float, integers, one, scalar } from './case.ts'

const floats = (name: string, values: number[]) => tensor(name, 'float32', [values.length], values)

const padded = (mode: string, pads: number[], options: Partial<Case> = {}): Case =>
  one(
    'Pad',
    [4, 5],
    { mode },
    { weights: [integers('pads', pads)], says: `${mode} ${pads}`, ...exact, ...options },
  )

/** By scales or to sizes, of a picture [2, 4, 5]. */
function resized(
  by: { scales: number[] } | { sizes: number[] },
  attributes: Attributes,
  options: Partial<Case> = {},
): Case {
  return {
    name: `Resize ${JSON.stringify({ ...by, ...attributes })}`,
    x: 'scales' in by && by.scales.length === 2 ? [5] : [2, 4, 5],
    graph: () => ({
      nodes: [
        'scales' in by
          ? node('Resize', ['x', 'roi', 'scales'], 'y', attributes)
          : node('Resize', ['x', 'roi', 'scales', 'to'], 'y', attributes),
      ],
      weights: [
        floats('roi', []),
        floats('scales', 'scales' in by ? by.scales : []),
        ...('sizes' in by ? [integers('to', by.sizes)] : []),
      ],
    }),
    ...exact,
    ...options,
  }
}

const MODES = [
  { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
  { mode: 'nearest' },
  { mode: 'nearest', coordinate_transformation_mode: 'align_corners', nearest_mode: 'round_prefer_ceil' },
  { mode: 'linear', coordinate_transformation_mode: 'half_pixel' },
  { mode: 'linear', coordinate_transformation_mode: 'pytorch_half_pixel' },
  { mode: 'linear', coordinate_transformation_mode: 'align_corners' },
  { mode: 'linear', coordinate_transformation_mode: 'asymmetric' },
  { mode: 'cubic', coordinate_transformation_mode: 'half_pixel', cubic_coeff_a: float(-0.75) },
]

export const RESAMPLING: Case[] = [
  padded('reflect', [0, 1, 2, 0, 3, 4]),
  padded('edge', [0, 2, 1, 0, 0, 3]),
  padded('reflect', [0, 0, 1, 0, 0, 1]),
  padded('edge', [0, -1, 2, 0, 1, -2]),
  padded('wrap', [0, 1, 2, 0, 0, 3], { from: 21 }),
  one(
    'Pad',
    [4, 5],
    { mode: 'reflect' },
    {
      weights: [integers('pads', [1, 2]), scalar('value', 0), integers('axes', [-1])],
      from: 18,
      says: 'reflect, axes',
      ...exact,
    },
  ),
  ...MODES.flatMap(mode => [
    resized({ scales: [1, 1, 2, 2] }, mode),
    resized({ scales: [1, 1, 1.7, 0.6] }, mode),
    resized({ sizes: [7, 3] }, { ...mode, axes: [2, 3] }, { from: 18 }),
  ]),
  resized({ scales: [1, 3] }, { mode: 'linear' }),
  one('CumSum', [4, 3], {}, { weights: [tensor('axis', 'int64', [], [1])], ...exact }),
  one(
    'CumSum',
    [4, 3],
    { exclusive: 1, reverse: 1 },
    { weights: [tensor('axis', 'int64', [], [-1])], ...exact },
  ),
  {
    name: 'GatherElements',
    x: [4, 3],
    graph: () => ({
      nodes: [
        node('Shape', ['x'], 'sizes'),
        node('Gather', ['sizes', 'first'], 'batch', { axis: 0 }),
        node('Concat', ['batch', 'rest'], 'shape', { axis: 0 }),
        node('Expand', ['index', 'shape'], 'indices'),
        node('GatherElements', ['x', 'indices'], 'y', { axis: 1 }),
      ],
      weights: [
        integers('first', [0]),
        integers('rest', [2, 3]),
        tensor('index', 'int64', [1, 2, 3], [0, 3, -1, 0, 2, 1]),
      ],
    }),
    ...exact,
  },
]
