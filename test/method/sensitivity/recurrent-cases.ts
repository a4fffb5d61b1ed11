import { node } from '../../onnx/graphs.ts'
import { type Attributes, type Case, integers, weight } from './case.ts'

const [STEPS, SIZE] = [4, 3]

interface Layer {
  readonly opType: 'LSTM' | 'GRU' | 'RNN'
  readonly attributes?: Attributes
  /** Which of its outputs are used: all states, the last one, the last cell. */
  readonly outputs?: readonly string[]
  /** Whether states come from x too. */
  readonly isStarted?: boolean
  readonly bias?: boolean
}

const GATES = { LSTM: 4, GRU: 3, RNN: 1 }

/** A layer over x [batch, steps, size] with as many units, and all that is used of it next to each other. */
function layer({ opType, attributes = {}, outputs = ['Y'], isStarted = false, bias = true }: Layer): Case {
  const ways = attributes.direction === 'bidirectional' ? 2 : 1
  const rows = GATES[opType] * SIZE
  const states = opType === 'LSTM' ? ['start', 'start'] : ['start']
  const inputs = ['turned', 'w', 'rr', bias ? 'bbb' : '', ...(isStarted ? ['', ...states] : [])]
  const made = { ...node(opType, inputs, 'Y', { ...attributes, hidden_size: SIZE }) }
  const all = ['Y', 'Y_h', ...(opType === 'LSTM' ? ['Y_c'] : [])]
  return {
    name: `${opType} ${JSON.stringify({ ...attributes, outputs, isStarted, bias })}`,
    x: [STEPS, SIZE],
    graph: () => ({
      nodes: [
        node('Transpose', ['x'], 'turned', { perm: [1, 0, 2] }),
        node('Gather', ['turned', 'first'], 'step', { axis: 0 }),
        node('Concat', new Array<string>(ways).fill('step'), 'start', { axis: 0 }),
        { ...made, output: all.map(name => (outputs.includes(name) ? name : '')) },
        ...outputs.flatMap(name => [
          node('Transpose', [name], `${name}_rows`, { perm: name === 'Y' ? [2, 0, 1, 3] : [1, 0, 2] }),
          node('Flatten', [`${name}_rows`], `${name}_flat`),
        ]),
        node(
          'Concat',
          outputs.map(name => `${name}_flat`),
          'y',
          { axis: 1 },
        ),
      ],
      weights: [
        integers('first', [0]),
        weight('w', [ways, rows, SIZE]),
        weight('rr', [ways, rows, SIZE]),
        weight('bbb', [ways, 2 * rows]),
      ],
    }),
  }
}

const LAYERS: Layer[] = (['LSTM', 'GRU', 'RNN'] as const).flatMap(opType =>
  (opType === 'GRU' ? [{ linear_before_reset: 0 }, { linear_before_reset: 1 }] : [{}]).flatMap(reset => [
    ...['forward', 'reverse', 'bidirectional'].flatMap(direction => [
      { opType, attributes: { ...reset, direction } },
      { opType, attributes: { ...reset, direction }, outputs: ['Y_h'], bias: false },
      { opType, attributes: { ...reset, direction }, outputs: ['Y', 'Y_h'], isStarted: true },
    ]),
  ]),
)

/** Two layers, the second over what the first gives. */
const stacked: Case = {
  name: 'LSTM on LSTM',
  x: [STEPS, SIZE],
  graph: () => ({
    nodes: [
      node('Transpose', ['x'], 'turned', { perm: [1, 0, 2] }),
      node('LSTM', ['turned', 'w', 'rr'], 'a', { hidden_size: SIZE }),
      node('Reshape', ['a', 'shape'], 'between'),
      node('LSTM', ['between', 'w', 'rr'], 'b', { hidden_size: SIZE }),
      node('Transpose', ['b'], 'y', { perm: [2, 0, 1, 3] }),
    ],
    weights: [
      integers('shape', [STEPS, -1, SIZE]),
      weight('w', [1, 4 * SIZE, SIZE]),
      weight('rr', [1, 4 * SIZE, SIZE]),
    ],
  }),
}

export const RECURRENT: Case[] = [
  ...LAYERS.map(layer),
  ...['forward', 'bidirectional'].flatMap(direction => [
    layer({ opType: 'LSTM', attributes: { direction }, outputs: ['Y_c'] }),
    layer({ opType: 'LSTM', attributes: { direction }, outputs: ['Y', 'Y_h', 'Y_c'], isStarted: true }),
  ]),
  stacked,
]
