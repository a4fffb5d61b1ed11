import { row } from './row.js'

const TARGET = { atLeast: 0.9 }

/**
 * A rate of extraction beside the one that the machine allows.
 *
 * @param {{ ours: number, peer: number, notes: readonly string[] }} measured pictures a second
 * @param {string} limit what allows it
 */
export function extractionRow(what, { ours, peer, notes }, limit) {
  return row({
    what,
    unit: 'a second',
    ours,
    peer: { name: limit, value: peer },
    ratio: ours / peer,
    target: TARGET,
    notes,
  })
}
