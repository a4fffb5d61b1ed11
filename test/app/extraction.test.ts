import { expect, test } from 'vitest'
import { extract, type SplitInputs } from '../../src/app/fit/extraction.ts'
import { zerosFloat32 } from '../../src/math/matrix.ts'
import { memoryRows } from '../../src/math/rows.ts'
import type { Network, NetworkOutputs } from '../../src/method/network/network.ts'
import type { Journal } from '../../src/store/journal.node.ts'

test('rows that another device than the journal’s made are not kept for a run that goes on', async () => {
  const [N, BATCH] = [60, 10]
  let device = 'webgpu'
  const kept: boolean[] = []
  const journal = {
    restore: async () => ({ rows: 0, differs: [] }),
    keep: async (_: unknown, lasting: boolean) => void kept.push(lasting),
    close: async () => undefined,
    extracted: () => ({ features: memoryRows(zerosFloat32(N, 1)), logits: memoryRows(zerosFloat32(N, 1)) }),
  } as unknown as Journal
  const network = {
    shape: { name: 'model', d: 1, c: 1 },
    batchOf: () => BATCH,
    async runAll(_: unknown, onOutputs: (outputs: NetworkOutputs, start: number) => Promise<void>) {
      const batch = { features: zerosFloat32(BATCH, 1), logits: zerosFloat32(BATCH, 1) }
      for (let start = 0; start < N; start += BATCH) {
        if (start === 30) device = 'cpu'
        await onOutputs(batch, start)
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
  expect(kept).toEqual([true, true, true, false, false, false])
  expect(seen).toEqual([10, 20, 30, 40, 50, 60])
})
