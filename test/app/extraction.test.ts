import { expect, test } from 'vitest'
import { extract, type SplitInputs } from '../../src/app/extraction.ts'
import { zerosFloat32 } from '../../src/math/matrix.ts'
import { memoryRows } from '../../src/math/rows.ts'
import type { Network } from '../../src/method/network.ts'
import type { Journal } from '../../src/store/journal.node.ts'

test('rows that another device than the journal’s made are not kept for a run that goes on', async () => {
  const [N, BATCH] = [60, 10]
  let device = 'webgpu'
  const kept: number[] = []
  const journal = {
    restore: async () => ({ rows: 0, differs: [] }),
    keep: async (done: number) => void kept.push(done),
    close: async () => undefined,
  } as unknown as Journal
  const network = {
    shape: { name: 'model' },
    allocate: (rows: number) => ({ features: zerosFloat32(rows, 1), logits: zerosFloat32(rows, 1) }),
    batchOf: () => BATCH,
    async runAll(_: unknown, { onProgress }: { onProgress: (done: number) => Promise<void> }) {
      for (let done = BATCH; done <= N; done += BATCH) {
        if (done === 40) device = 'cpu'
        await onProgress(done)
      }
    },
  } as unknown as Network
  const inputs: SplitInputs = {
    name: 'x.npy',
    labels: null,
    values: null,
    labelsName: 'x.npy',
    rows: memoryRows(zerosFloat32(N, 1)),
    source: { kind: 'array', path: '/x.npy', shape: [N, 1] },
    ids: null,
    paths: null,
    skipped: new Map(),
  }
  const seen: number[] = []
  await extract(network, inputs, {
    split: 'train',
    journal,
    isSameDevice: () => device === 'webgpu',
    onFeatures: done => void seen.push(done),
    onProgress: undefined,
    signal: undefined,
  })
  expect(kept).toEqual([10, 20, 30])
  expect(seen).toEqual([10, 20, 30, 40, 50, 60])
})
