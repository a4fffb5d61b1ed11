import { copyFile, cp, mkdir, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, expect, test, vi } from 'vitest'
import { openExplainer } from '../../src/app/explainer/open.ts'
import { fit } from '../../src/app/fit/fit.ts'
import type { FitOptions, FitProgress } from '../../src/app/fit/options.ts'
import type { NdArray } from '../../src/formats/ndarray.ts'
import { randomNormal } from '../../src/math/random.ts'
import { Network } from '../../src/method/network/network.ts'
import { saveArray, temporaryDirectory } from './bundle.ts'

/** Kills the process, as far as the disk can see: after so many changes of it there are no more, nor clearing up. */
const disk = vi.hoisted(() => ({
  changesLeft: Number.POSITIVE_INFINITY,
  writesLeft: Number.POSITIVE_INFINITY,
}))

vi.mock('node:fs/promises', async importOriginal => {
  const original = await importOriginal<typeof import('node:fs/promises')>()
  const killed = () => Object.assign(new Error('killed'), { code: 'KILLED' })
  const counted = <T extends (...given: never[]) => Promise<unknown>>(change: T, torn?: T): T =>
    (async (...given: never[]) => {
      disk.changesLeft -= 1
      if (disk.changesLeft === -1) await torn?.(...given)
      if (disk.changesLeft < 0) throw killed()
      return change(...given)
    }) as unknown as T
  return {
    ...original,
    mkdir: counted(original.mkdir),
    rename: counted(original.rename),
    rm: counted(original.rm),
    rmdir: counted(original.rmdir),
    open: async (path: string, flags = 'r') => {
      if (flags === 'r') return original.open(path, flags)
      const handle = await counted(original.open)(path, flags)
      const write = handle.write.bind(handle) as (
        bytes: Uint8Array,
        offset: number,
        length: number,
        at: number,
      ) => Promise<unknown>
      const torn: typeof write = (bytes, offset, length, at) => write(bytes, offset, length >> 1, at)
      const limited: typeof write = async (...given) => {
        disk.writesLeft -= 1
        if (disk.writesLeft < 0) throw Object.assign(new Error('full'), { code: 'ENOSPC' })
        return write(...given)
      }
      return Object.assign(handle, {
        write: counted(limited, torn),
        truncate: counted(handle.truncate.bind(handle)),
        // The system lives on, and what was written with it.
        sync: async () => {},
        datasync: async () => {},
      })
    },
  }
})

afterEach(() => {
  disk.changesLeft = Number.POSITIVE_INFINITY
  disk.writesLeft = Number.POSITIVE_INFINITY
  vi.restoreAllMocks()
})

/** Takes [3, 6]: three examples at a time. */
const MODEL = join(import.meta.dirname, '../onnx/fixtures/gemm-fixed-batch.onnx')

async function problem() {
  const directory = await temporaryDirectory()
  const normal = randomNormal(3)
  const inputs = (n: number): NdArray => ({
    dtype: 'float32',
    shape: [n, 6],
    data: Float32Array.from({ length: n * 6 }, normal),
  })
  const model = join(directory, 'model.onnx')
  await copyFile(MODEL, model)
  const options = {
    model,
    train: await saveArray(directory, 'train', inputs(13)),
    test: await saveArray(directory, 'test', inputs(5)),
    maxIterations: 3,
  }
  return { directory, options, out: join(directory, 'out') }
}

/** As if every batch took more than a second: each is written. */
function withSlowBatches(): void {
  let now = 0
  vi.spyOn(performance, 'now').mockImplementation(() => {
    now += 2000
    return now
  })
}

/** A fit with what it said, and how many inputs went through the network in batches of three. */
async function watched(options: FitOptions) {
  const steps: FitProgress[] = []
  const run = vi.spyOn(Network.prototype, 'run')
  const answer = await fit({ ...options, onProgress: step => steps.push(step) }).catch(error => error)
  const rows = run.mock.calls.map(([{ rows }]) => rows)
  run.mockRestore()
  return { answer, rows, said: steps.filter(({ phase }) => ['resuming', 'anew', 'kept'].includes(phase)) }
}

/** What an explainer holds but the time that it took. */
async function contentOf(out: string): Promise<Map<string, string>> {
  const entries = await readdir(out, { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  const contents = await Promise.all(
    files.sort().map(async file => {
      const content = await readFile(file)
      if (!file.endsWith('explainer.json')) return content.toString('hex')
      return JSON.stringify({ ...JSON.parse(content.toString()), seconds: null })
    }),
  )
  return new Map(files.map((file, k) => [file.slice(out.length), contents[k]]))
}

/** The lock of this process becomes that of one that ended. */
async function endProcess(work: string): Promise<void> {
  const locks = await readdir(work).catch(() => [])
  for (const lock of locks.filter(name => name.startsWith(`lock.${process.pid}.`))) {
    await rename(join(work, lock), join(work, `lock.${2 ** 31}.1@${encodeURIComponent(hostname())}`))
  }
}

/** Changes of the disk until so many blocks are written: the folder, its lock, three files, then four a block. */
const afterBlocks = (blocks: number): number => 7 + 4 * blocks

test.each([false, true])(
  'a fit that is killed at any change of the disk goes on to the same bytes, over an explainer before: %s',
  async force => {
    const { directory, options, out } = await problem()
    withSlowBatches()
    await fit({ ...options, out })
    const expected = await contentOf(out)
    const before = join(directory, 'before')
    await fit({ ...options, out: before, lambda: 1 })
    const names = (await readdir(directory)).sort()
    const work = join(directory, '.out.partial')
    let resumed = 0
    // Until something is written beside the extraction, an explainer before changes nothing.
    for (let changes = force ? afterBlocks(5) : 0; ; changes++) {
      await rm(out, { recursive: true, force: true })
      if (force) await cp(before, out, { recursive: true })
      disk.changesLeft = changes
      await fit({ ...options, out, force }).catch(() => undefined)
      const isKilled = disk.changesLeft < 0
      disk.changesLeft = Number.POSITIVE_INFINITY
      if (!isKilled) break

      // Under its name there is the new explainer, the one before, or nothing; then the one before is kept.
      const left = await readdir(directory)
      const whole = left.includes('out') ? out : force ? join(work, 'before') : null
      if (whole) await (await openExplainer(whole, { verify: true })).close()

      await endProcess(work)
      const isDone = left.includes('out')
      const { said } = await watched({ ...options, out, force: force || isDone })
      if (said.some(({ phase }) => phase === 'resuming')) resumed++
      expect(await contentOf(out)).toEqual(expected)
      expect((await readdir(directory)).sort(), `killed at change ${changes}`).toEqual(names)
    }
    expect((await readdir(directory)).sort()).toEqual(names)
    expect(resumed).toBeGreaterThan(20)
  },
  600_000,
)

/** A fit that was killed after three blocks of training examples, which are nine of thirteen. */
async function killed() {
  const found = await problem()
  withSlowBatches()
  disk.changesLeft = afterBlocks(3)
  await fit({ ...found.options, out: found.out }).catch(() => undefined)
  disk.changesLeft = Number.POSITIVE_INFINITY
  await endProcess(join(found.directory, '.out.partial'))
  return found
}

/** The head is verified on the first rows; then the training examples go through, and then the test examples. */
const ALL = [3, 3, 3, 3, 1, 3, 2]
const BEFORE = { phase: 'resuming', split: 'train', done: 9, total: 13 }

test('only what is missing goes through the network', async () => {
  const { options, out } = await killed()
  const { rows, said } = await watched({ ...options, out })
  expect(rows).toEqual(ALL.slice(3))
  expect(said).toEqual([BEFORE])
})

test('another fit of the same features goes on too, with other labels, without test examples', async () => {
  const { options, out, directory } = await killed()
  const labels = await saveArray(directory, 'labels', {
    dtype: 'uint8',
    shape: [13],
    data: new Uint8Array(13),
  })
  const { test: _, ...rest } = options
  const { rows, said } = await watched({ ...rest, out, labels, lambda: 1 })
  expect(rows).toEqual([3, 1])
  expect(said).toEqual([BEFORE])
})

test.each<[string, (options: { model: string; train: string }) => Promise<Partial<FitOptions>>]>([
  [
    'data',
    async ({ train }) => {
      await utimes(train, 1, 1)
      return {}
    },
  ],
  ['pre-processing', async () => ({ scale: 2 })],
  [
    'model',
    async ({ model }) => {
      const content = await readFile(model)
      // The name of the producer, which changes no number: whether that is so is not looked into.
      const at = content.indexOf('pytorch')
      content[at] += 1
      await writeFile(model, content)
      return {}
    },
  ],
])('with another %s everything is extracted anew, and that is said', async (differs, change) => {
  const { options, out } = await killed()
  const { rows, said } = await watched({ ...options, ...(await change(options)), out })
  expect(rows).toEqual(ALL)
  expect(said).toEqual([{ phase: 'anew', split: 'train', differs: [differs] }])
})

test('a fit that is interrupted keeps what was extracted, and says where', async () => {
  const { directory, options, out } = await problem()
  withSlowBatches()
  const controller = new AbortController()
  const steps: FitProgress[] = []
  const onProgress = (step: FitProgress) => {
    steps.push(step)
    if (step.phase === 'features' && step.done === 6) controller.abort(new Error('enough'))
  }
  await expect(fit({ ...options, out, onProgress, signal: controller.signal })).rejects.toThrow('enough')
  const work = join(directory, '.out.partial')
  expect(steps.at(-1)).toEqual({ phase: 'kept', directory: work })
  expect((await readdir(work)).sort()).toEqual(['train.features', 'train.journal', 'train.logits'])
  // An error before anything is extracted keeps it as well.
  const { said } = await watched({ ...options, test: join(directory, 'none.npy'), out })
  expect(said).toEqual([{ phase: 'kept', directory: work }])
  expect((await watched({ ...options, out })).said).toEqual([{ ...BEFORE, done: 6 }])
})

test('a full disk is an error in one sentence, and what was extracted before is kept', async () => {
  const { directory, options, out } = await problem()
  withSlowBatches()
  // Three for each block of training examples, one of whose files is cut off.
  disk.writesLeft = 3 * 2 + 1
  const { answer, said } = await watched({ ...options, out })
  expect([answer.code, answer.message]).toEqual([
    'io',
    `${out}: no space left on the disk, free some or choose another place`,
  ])
  expect(said).toEqual([{ phase: 'kept', directory: join(directory, '.out.partial') }])
  disk.writesLeft = Number.POSITIVE_INFINITY
  expect((await watched({ ...options, out })).said).toEqual([{ ...BEFORE, done: 6 }])
})

/** Small pictures in folders by class, of which one cannot be read. */
async function pictures() {
  const directory = await temporaryDirectory()
  const train = join(directory, 'train')
  for (const [label, name] of ['ant', 'bee', 'cat', 'dog'].entries()) {
    await mkdir(join(train, name), { recursive: true })
    for (let i = 0; i < 3; i++) {
      const data = Uint8Array.from({ length: 64 }, (_, k) => (k * (label + 1) * (i + 2)) % 256)
      const raw = { width: 8, height: 8, channels: 1 as const }
      await writeFile(join(train, name, `${i}.png`), await sharp(data, { raw }).png().toBuffer())
    }
  }
  await writeFile(join(train, 'bee/1.png'), 'no picture')
  const model = join(import.meta.dirname, '../onnx/fixtures/conv.onnx')
  return { train, options: { model, train, out: join(directory, 'out') } }
}

/** Fits until everything is extracted. */
async function stopped(options: FitOptions): Promise<void> {
  const controller = new AbortController()
  const onProgress = ({ phase }: FitProgress) => phase === 'fit' && controller.abort(new Error('enough'))
  await expect(fit({ ...options, onProgress, signal: controller.signal })).rejects.toThrow('enough')
}

test('pictures that were left out before are left out again, and stay an error without --skip-bad', async () => {
  const { train, options } = await pictures()
  const skipBad = true
  const whole = await fit({ ...options, skipBad })
  const expected = await contentOf(options.out)
  await rm(options.out, { recursive: true })
  await stopped({ ...options, skipBad })
  await expect(fit(options)).rejects.toThrow(`${join(train, 'bee/1.png')}: not an image`)
  const { answer, said } = await watched({ ...options, skipBad })
  expect(said).toEqual([{ phase: 'resuming', split: 'train', done: 12, total: 12 }])
  expect(answer.skipped).toEqual(whole.skipped)
  expect(answer.skipped).toMatchObject([{ split: 'train', row: 4, path: 'bee/1.png' }])
  expect(await contentOf(options.out)).toEqual(expected)
})

test('a fit of arrays removes what a killed one left', async () => {
  const { directory, out, options } = await killed()
  const logits = await saveArray(directory, 'logits', {
    dtype: 'float32',
    shape: [13, 2],
    data: Float32Array.from({ length: 26 }, randomNormal(1)),
  })
  await fit({ features: options.train, logits, out })
  expect((await readdir(directory)).filter(name => name.startsWith('.'))).toEqual([])
})
