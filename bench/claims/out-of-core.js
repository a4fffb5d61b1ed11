// Features that are larger than the memory a fit is given, against the same fit in memory.

import { join } from 'node:path'
import { openMatrix, writeLabels } from '../frame/arrays.js'
import { runCommand } from '../frame/command.js'
import { overlappingClasses } from '../frame/generated.js'
import { narrowFloat16 } from '../frame/library.js'
import { row } from '../frame/row.js'
import { inTurn, medianOf } from '../frame/timing.js'
import { bytes, count } from '../frame/units.js'

const TARGET = { atMost: 1.5 }
const SEED = 5
const BLOCK_ROWS = 4096
const WHOLE = { n: 2_000_000, d: 512, c: 10, memory: '1GiB', most: 1.5 * 2 ** 30, rounds: 2 }
const QUICK = { n: 200_000, d: 512, c: 10, memory: '512MiB', most: 0.75 * 2 ** 30, rounds: 1 }

export async function measure({ directory, quick, say }) {
  const { n, d, c, memory, most, rounds } = quick ? QUICK : WHOLE
  say(`writing ${count(n)} × ${d} float16`)
  const { labels, blocks } = overlappingClasses({ n, d, c }, SEED)
  const features = openMatrix(directory, 'features', { dtype: 'float16', rows: n, cols: d })
  for (const block of blocks(BLOCK_ROWS)) features.write(narrowFloat16(block))
  features.close()
  const args = [
    ...['fit', '--features', features.path, '--labels', writeLabels(directory, 'labels', labels)],
    ...['--dtype', 'float16', '--out', join(directory, 'explainer'), '--force'],
  ]
  const { limited, held } = await inTurn(rounds, {
    held: () => runCommand(args, directory),
    limited: () => runCommand([...args, '--memory', memory], directory),
  })
  const peak = Math.max(...limited.map(({ peakBytes }) => peakBytes))
  const [ours, peer] = [limited, held].map(runs => medianOf(runs, 'seconds'))
  return row({
    what: `fit --memory ${memory}, ${count(n)} × ${d} float16, ${c} classes`,
    unit: 'seconds',
    ours,
    peer: { name: 'in memory', value: peer },
    ratio: ours / peer,
    target: TARGET,
    checks: [{ what: `peak memory ${bytes(peak)}, under ${bytes(most)}`, reached: peak < most }],
    notes: [
      `peak memory of the fit in memory ${bytes(Math.max(...held.map(({ peakBytes }) => peakBytes)))}`,
      "what is read again comes from the system's cache of files where it has room for them",
    ],
  })
}
