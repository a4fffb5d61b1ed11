// Gradients by the input: how near to PyTorch's in double precision, and forward and backward beside PyTorch's.

import { faster } from '../frame/row.js'
import { inTurn, median, timed } from '../frame/timing.js'
import { seconds, tiny } from '../frame/units.js'
import { openNetwork } from '../sensitivity/network.js'

const BATCH = 8
const ROUNDS = 5
const NO_SLOWER = { atLeast: 1 }
/** Relative to an example's largest gradient. */
const LARGEST_ERROR = 2e-6

const PICTURES = ['resnet18', 'vgg11_bn', 'mobilenet_v2', 'densenet121', 'efficientnet_b0'].map(name => ({
  name,
  what: `${name}, 8 pictures of 224 × 224`,
  target: NO_SLOWER,
}))
const OTHERS = [
  { name: 'vit', what: 'a vision transformer, 8 pictures of 64 × 64' },
  ...[11, 13, 17].map(opset => ({
    name: 'bert',
    opset,
    what: `as BERT, 8 × 40 tokens, operator set ${opset}`,
  })),
  { name: 'lstm', what: 'LSTM, 8 × 40 tokens' },
  { name: 'bilstm', what: 'two LSTMs both ways, 8 × 40 tokens' },
  { name: 'gru', what: 'GRU, 8 × 40 tokens' },
]

export async function measure(setting) {
  const rows = []
  for (const choice of setting.quick ? OTHERS.slice(0, 2) : [...PICTURES, ...OTHERS]) {
    setting.say(choice.what)
    rows.push(await measured(setting, choice))
  }
  return rows
}

async function measured(setting, choice) {
  const network = await openNetwork(setting, { ...choice, batch: BATCH })
  try {
    const found = await network.run(BATCH)
    const { checks, notes } = await judged(network, found)
    const { ours, theirs } = await inTurn(ROUNDS, {
      ours: () => timed(() => network.run(BATCH)),
      theirs: () => network.measure({ repeats: 1 }),
    })
    const [mine, peer] = [median(ours.map(turn => turn.seconds)), median(theirs.map(turn => turn.seconds[0]))]
    const least = Math.min(...ours.map(turn => turn.seconds))
    return faster(
      choice.what,
      mine,
      { name: network.name, value: peer },
      {
        target: choice.target ?? null,
        checks,
        notes: [
          ...notes,
          `the fastest of ${ROUNDS}: ${seconds(least)}, PyTorch ${seconds(Math.min(...theirs.map(turn => turn.seconds[0])))}`,
        ],
      },
    )
  } finally {
    await network.close()
  }
}

/** The errors of each example, and what they are where the same units stand above zero. */
async function judged(network, found) {
  const errors = network.errors(found)
  const isNear = errors.map((error, i) => error <= Math.max(LARGEST_ERROR, 2 * network.own[i]))
  const count = isNear.filter(Boolean).length
  const checks = [
    {
      what: `${count} of ${errors.length} within ${tiny(LARGEST_ERROR)} or twice PyTorch's own error`,
      reached: count === errors.length,
    },
  ]
  const notes = [`errors ${errors.map(tiny).join(', ')}; PyTorch's own ${network.own.map(tiny).join(', ')}`]
  if (count < errors.length) {
    const bySigns = await network.errorsBySigns(found)
    notes.push(
      `with the same units above zero in PyTorch's double precision: ${bySigns.map(tiny).join(', ')}`,
    )
  }
  return { checks, notes }
}
