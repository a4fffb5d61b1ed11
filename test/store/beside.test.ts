import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { fit } from '../../src/app/fit/fit.ts'
import { isBeside } from '../../src/store/beside.node.ts'
import { findDestination, removeExplainer } from '../../src/store/destination.node.ts'
import { WorkFolder } from '../../src/store/work-folder.node.ts'
import { writeBundle } from '../app/bundle.ts'

/**
 * Fails the rename that comes after so many others; where that kills the process, as far as a test can, nothing is
 * moved or removed any more.
 */
const disk = vi.hoisted(() => ({ renamesLeft: Number.POSITIVE_INFINITY, kills: false, isDead: false }))

vi.mock('node:fs/promises', async importOriginal => {
  const original = await importOriginal<typeof import('node:fs/promises')>()
  const failed = () => Object.assign(new Error('EACCES'), { code: 'EACCES' })
  return {
    ...original,
    rename: async (from: string, to: string) => {
      const fails = disk.renamesLeft-- === 0
      disk.isDead ||= fails && disk.kills
      if (fails || disk.isDead) throw failed()
      return original.rename(from, to)
    },
    rm: async (path: string, options: object) => {
      if (disk.isDead) throw failed()
      return original.rm(path, options)
    },
  }
})

afterEach(revive)

function revive() {
  disk.renamesLeft = Number.POSITIVE_INFINITY
  disk.kills = false
  disk.isDead = false
}

const LOG = 'review/decisions.jsonl'

async function put(out: string, file: string, text = file) {
  await mkdir(dirname(join(out, file)), { recursive: true })
  await writeFile(join(out, file), text)
}

/** An explainer with decisions about it. */
async function reviewed() {
  const { directory, ...options } = await writeBundle({ n: 20, tests: 5 })
  await fit(options)
  await put(options.out, LOG, 'decided\n')
  return { directory, options, out: options.out, work: join(directory, '.explainer.partial') }
}

const lambdaOf = async (out: string) => JSON.parse(await readFile(join(out, 'explainer.json'), 'utf8')).lambda

test('a new explainer takes over the decisions, and what was computed goes with the old one', async () => {
  const { directory, options, out } = await reviewed()
  await put(out, 'map/points.parquet')
  await put(out, 'map/.points.parquet.0a1b2c3d.partial')
  await put(out, 'suspicions/neighbour-head.parquet')
  await put(out, 'suspicions/.loss.parquet.0a1b2c3d.partial')
  await put(out, 'review/notes.txt', 'mine')
  const before = (await readdir(directory)).sort()
  await fit({ ...options, lambda: 1, force: true })
  expect([await lambdaOf(out), await readFile(join(out, LOG), 'utf8')]).toEqual([1, 'decided\n'])
  expect(await readFile(join(out, 'review/notes.txt'), 'utf8')).toBe('mine')
  expect(await readdir(out)).not.toContain('map')
  expect(await readdir(out)).not.toContain('suspicions')
  expect((await readdir(directory)).sort()).toEqual(before)
})

test.each([0, 1, 2])(
  'killed at rename %i of a replacement, an explainer is found with its decisions',
  async at => {
    const { directory, options, out, work } = await reviewed()
    Object.assign(disk, { renamesLeft: at, kills: true })
    await expect(fit({ ...options, lambda: 1, force: true })).rejects.toThrow()
    revive()
    for (const file of await readdir(work)) if (file.startsWith('lock')) await rm(join(work, file))
    const folder = await WorkFolder.open(out, out)
    expect([await lambdaOf(out), await readFile(join(out, LOG), 'utf8')]).toEqual([0.003, 'decided\n'])
    await folder.close({ keep: false })
    expect((await readdir(directory)).filter(name => name.startsWith('.'))).toEqual([])
    await fit({ ...options, lambda: 1, force: true })
    expect([await lambdaOf(out), await readFile(join(out, LOG), 'utf8')]).toEqual([1, 'decided\n'])
  },
)

test.each([0, 1, 2])('where rename %i of a replacement fails, all is as before', async at => {
  const { directory, options, out } = await reviewed()
  const before = (await readdir(directory, { recursive: true })).sort()
  disk.renamesLeft = at
  await expect(fit({ ...options, lambda: 1, force: true })).rejects.toThrow(`${out}: not permitted`)
  expect((await readdir(directory, { recursive: true })).sort()).toEqual(before)
  expect([await lambdaOf(out), await readFile(join(out, LOG), 'utf8')]).toEqual([0.003, 'decided\n'])
})

test('decisions on their way to an explainer that is not whole go back with it', async () => {
  const { out, work } = await reviewed()
  await mkdir(join(work, 'explainer/train'), { recursive: true })
  await rename(out, join(work, 'before'))
  await rename(join(work, 'before/review'), join(work, 'explainer/review'))
  const folder = await WorkFolder.open(out, out)
  expect(await readFile(join(out, LOG), 'utf8')).toBe('decided\n')
  expect((await readdir(work)).filter(name => !name.startsWith('lock'))).toEqual([])
  await folder.close({ keep: false })
})

test('decisions whose explainer is gone are never removed', async () => {
  const { out, work } = await reviewed()
  await put(join(work, 'explainer'), LOG, 'decided\n')
  await expect(WorkFolder.open(out, out)).rejects.toThrow(`${out}: `)
  expect(await readFile(join(work, 'explainer', LOG), 'utf8')).toBe('decided\n')
})

test('removing an explainer leaves its decisions where they are', async () => {
  const { out } = await reviewed()
  await put(out, 'map/points.parquet')
  await expect(removeExplainer(out)).rejects.toThrow()
  expect((await readdir(out, { recursive: true })).sort()).toEqual(['review', LOG])
})

test.each([
  'review.txt',
  'map/notes.txt',
  'map/deep/points.parquet',
  'maps/points.parquet',
  'suspicions/Mine.parquet',
  'suspicions/points.csv',
  'suspicions/deep/loss.parquet',
  'train/review/x',
  'map',
  'review',
])('%s is a file of the user’s, and refused', async file => {
  expect(isBeside(file)).toBe(false)
  const { directory: _, ...options } = await writeBundle({ n: 20, tests: 5 })
  await fit(options)
  await put(options.out, file)
  await expect(findDestination(options.out, true)).rejects.toThrow(
    `${file} was not written by fit, move it away before --force replaces it`,
  )
})

test('a link called review is no folder of decisions', async () => {
  const { directory, ...options } = await writeBundle({ n: 20, tests: 5 })
  await fit(options)
  await symlink(directory, join(options.out, 'review'))
  await expect(findDestination(options.out, true)).rejects.toThrow('review was not written by fit')
})
