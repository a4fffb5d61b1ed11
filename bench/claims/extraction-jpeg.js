// Features of JPEG files, against what the time to decode and the time of the network allow on all cores.

import { measureJpeg } from '../extraction.js'
import { row } from '../frame/row.js'

export async function measure(setting) {
  const { ours, peer, ...rest } = await measureJpeg(setting)
  return row({
    what: 'JPEG files through a network, pictures',
    unit: 'a second',
    ours,
    peer: { name: 'decoding and network at their own rates', value: peer },
    ratio: ours / peer,
    target: { atLeast: 0.9 },
    notes: rest.notes ?? [],
  })
}
