import { appendFile, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LineLog } from '../../src/store/line-log.node.ts'
import { temporaryDirectory } from '../app/bundle.ts'

/** Lines of numbers; any other line is none of the log's. */
const logAt = (path: string) => new LineLog(path, text => (/^\d+$/.test(text) ? Number(text) : null))

async function place() {
  const directory = await temporaryDirectory()
  return { directory, path: join(directory, 'log/numbers') }
}

test('what was never written is empty, and looking at it makes nothing', async () => {
  const { directory, path } = await place()
  expect(await logAt(path).entries()).toEqual([])
  expect(await readdir(directory)).toEqual([])
})

test('each log sees what all of them wrote, in the order of the file', async () => {
  const { path } = await place()
  const [a, b] = [logAt(path), logAt(path)]
  for (let i = 0; i < 10; i++) {
    await (i % 3 === 0 ? a : b).append(String(i))
    expect(await a.entries()).toEqual(Array.from({ length: i + 1 }, (_, k) => k))
    expect(await b.entries()).toEqual(await a.entries())
  }
  await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? a : b).append(String(i))))
  expect((await b.entries()).toSorted((x, y) => x - y)).toEqual(
    [...Array(10).keys(), ...Array(20).keys()].toSorted((x, y) => x - y),
  )
})

test('a line cut off at any byte is passed over, stays, and is not glued to the next', async () => {
  const { path } = await place()
  const [before, cut] = ['12\n', '345\n']
  for (let bytes = 0; bytes < cut.length; bytes++) {
    await mkdir(join(path, '..'), { recursive: true })
    await writeFile(path, before + cut.slice(0, bytes))
    const log = logAt(path)
    expect(await log.entries()).toEqual([12])
    await log.append('6')
    await log.append('7')
    expect(await log.entries()).toEqual([12, 6, 7])
    expect(await logAt(path).entries()).toEqual([12, 6, 7])
    expect((await readFile(path, 'utf8')).startsWith(before + cut.slice(0, bytes))).toBe(true)
  }
})

test('a line that another process is still writing is read when it is whole', async () => {
  const { path } = await place()
  const log = logAt(path)
  await log.append('1')
  await appendFile(path, '23')
  expect(await log.entries()).toEqual([1])
  await appendFile(path, '4\n')
  expect(await log.entries()).toEqual([1, 234])
})

test('zeros that a loss of power leaves are a line cut off', async () => {
  const { path } = await place()
  const log = logAt(path)
  await log.append('1')
  await appendFile(path, new Uint8Array(9))
  await log.append('2')
  expect(await logAt(path).entries()).toEqual([1, 2])
})

test.each([
  ['no number', Buffer.from('x\n')],
  ['no text', Buffer.from([0xff, 0x0a])],
])('a line with %s is named, and nothing is answered without it', async (_, bad) => {
  const { path } = await place()
  const log = logAt(path)
  await log.append('1')
  await appendFile(path, bad)
  await appendFile(path, '3\n')
  for (const reader of [log, log, logAt(path)]) {
    await expect(reader.entries()).rejects.toThrow(
      `${path}: line 2 cannot be read, expected a line that representer wrote, mend it or take it out`,
    )
  }
})

test('another file under the name is read from its beginning', async () => {
  const { directory, path } = await place()
  const log = logAt(path)
  await log.append('1')
  await log.append('2')
  expect(await log.entries()).toEqual([1, 2])
  await writeFile(join(directory, 'other'), '7\n8\n9\n')
  await rename(join(directory, 'other'), path)
  expect(await log.entries()).toEqual([7, 8, 9])
})

test('no directory is made but the log’s own', async () => {
  const directory = join(await temporaryDirectory(), 'gone')
  await expect(logAt(join(directory, 'log/numbers')).append('1')).rejects.toThrow(
    `${join(directory, 'log/numbers')}: no directory to write it in, check whether the explainer is still there`,
  )
})
