// Sixteen maps of one input, which runs forward once, beside sixteen inputs in one batch.

import { faster } from '../frame/row.js'
import { inTurn, median, timed } from '../frame/timing.js'
import { openNetwork } from '../sensitivity/network.js'

const PARTS = 16
const ROUNDS = 5
const TARGET = { atLeast: 2 }
const NAMES = ['resnet18', 'vgg11_bn', 'mobilenet_v2', 'densenet121', 'efficientnet_b0']

export async function measure(setting) {
  const rows = []
  for (const name of setting.quick ? NAMES.slice(2, 3) : NAMES) {
    setting.say(name)
    const network = await openNetwork(setting, { name, batch: 2 })
    await network.run(PARTS, { ofOne: true })
    const { parts, inputs } = await inTurn(ROUNDS, {
      parts: () => timed(() => network.run(PARTS, { ofOne: true })),
      inputs: () => timed(() => network.run(PARTS, { repeated: true })),
    })
    await network.close()
    const [ours, theirs] = [parts, inputs].map(turns => median(turns.map(turn => turn.seconds)))
    rows.push(
      faster(
        `${name}, 16 maps of one picture`,
        ours,
        { name: '16 pictures in one batch', value: theirs },
        { target: TARGET },
      ),
    )
  }
  return rows
}
