// Whether pictures in Parquet become the features that PyTorch gives of them: the largest and the mean
// difference between the features that fit extracts from the CIFAR-10 files and the arrays that come with them.
//
//   npm run build && node bench/cifar10-features.js [DIRECTORY]
//
// DIRECTORY holds resnet20.onnx, train.parquet, test.parquet, train-features.npy and test-features.npy; it is
// ../shared/data/cifar10 unless given. The exit code is 1 where a mean difference is 1e-3 or more.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bytesOf } from '../dist/formats/bytes.js'
import { readNpy } from '../dist/formats/npy.js'

const LIMIT = 1e-3

const main = fileURLToPath(new URL('../dist/command/main.node.js', import.meta.url))
const data = process.argv[2] ?? fileURLToPath(new URL('../../shared/data/cifar10', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'cifar10-features-'))
try {
  const out = join(directory, 'explainer')
  const { status } = spawnSync(
    process.execPath,
    [
      ...[
        main,
        'fit',
        '--model',
        join(data, 'resnet20.onnx'),
        '--out',
        out,
        '--json',
        '--max-iterations',
        '0',
      ],
      ...['--train', join(data, 'train.parquet'), '--test', join(data, 'test.parquet')],
      ...['--mean', '.485,.456,.406', '--std', '.229,.224,.225'],
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  if (status !== 0) throw new Error(`fit ended with exit code ${status}`)
  for (const split of ['train', 'test']) {
    const ours = await load(join(out, split, 'features.npy'))
    const theirs = await load(join(data, `${split}-features.npy`))
    const differences = ours.map((x, k) => Math.abs(x - theirs[k]))
    const mean = differences.reduce((sum, x) => sum + x, 0) / differences.length
    const largest = differences.reduce((most, x) => Math.max(most, x), 0)
    console.log(
      `${split}: ${ours.length / 64} examples, mean difference ${mean.toExponential(1)}, largest ${largest.toExponential(1)}`,
    )
    if (ours.length !== theirs.length || !(mean < LIMIT)) process.exitCode = 1
  }
} finally {
  rmSync(directory, { recursive: true, force: true })
}

async function load(path) {
  return Float64Array.from((await readNpy(bytesOf(readFileSync(path), path))).data)
}
