import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { takeLock } from '../../src/store/lock.node.ts'
import { temporaryDirectory } from '../app/bundle.ts'

const HERE = encodeURIComponent(hostname())

/** The number of a process that has ended. */
const ended = (): number => spawnSync(process.execPath, ['-e', '']).pid

test('one holds a lock at a time, and gives it back without a trace', async () => {
  const folder = await temporaryDirectory()
  const release = await takeLock(folder, 'out')
  const [lock] = await readdir(folder)
  expect(lock.startsWith(`lock.${process.pid}.`)).toBe(true)
  await expect(takeLock(folder, 'out')).rejects.toMatchObject({
    code: 'exists',
    message:
      `out: process ${process.pid} writes it, wait until it ends or choose another --out; if it is no fit, ` +
      `remove ${join(folder, lock)}`,
  })
  expect(await readdir(folder)).toEqual([lock])
  await release()
  expect(await readdir(folder)).toEqual([])
  await (await takeLock(folder, 'out'))()
})

test('of a process that has ended it is taken over', async () => {
  const folder = await temporaryDirectory()
  await writeFile(join(folder, `lock.${ended()}.17@${HERE}`), '')
  await writeFile(join(folder, `lock.${2 ** 31}.17@${HERE}`), '')
  const release = await takeLock(folder, 'out')
  expect(await readdir(folder)).toHaveLength(1)
  await release()
})

// Only Linux says when a process started.
test.skipIf(!existsSync('/proc/self/stat'))(
  'of an earlier process of the same number it is taken over, be that our own',
  async () => {
    const folder = await temporaryDirectory()
    await writeFile(join(folder, `lock.${process.pid}.17@${HERE}`), '')
    await writeFile(join(folder, `lock.${process.ppid}.17@${HERE}`), '')
    const release = await takeLock(folder, 'out')
    expect(await readdir(folder)).toHaveLength(1)
    await release()
  },
)

test('of a process that lives, here or on another machine, it is left alone', async () => {
  const folder = await temporaryDirectory()
  const elsewhere = `lock.${ended()}.17@web-1`
  await writeFile(join(folder, elsewhere), '')
  await writeFile(join(folder, 'notes.txt'), '')
  await expect(takeLock(folder, 'out')).rejects.toThrow(/^out: process \d+ on web-1 writes it, wait/)
  expect(await readdir(folder)).toEqual([elsewhere, 'notes.txt'])
})
