import { chmod, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Bytes } from '../../src/formats/bytes.ts'
import { fileSize, openFile, readFileBytes } from '../../src/formats/files.node.ts'

let folder: string
let path: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'representer-'))
  path = join(folder, 'ten.bin')
  await writeFile(
    path,
    Uint8Array.from({ length: 10 }, (_, i) => i),
  )
})

afterAll(() => rm(folder, { recursive: true }))

const openers: [string, (path: string) => Promise<Bytes & { close?(): Promise<void> }>][] = [
  ['a file that stays open', openFile],
  ['a file that is opened for each read', readFileBytes],
]

describe.each(openers)('%s', (_, open) => {
  test('gives any part of its bytes', async () => {
    const file = await open(path)
    expect(file.name).toBe(path)
    expect(file.byteLength).toBe(10)
    expect(await file.slice(0, 10)).toEqual(new Uint8Array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]))
    expect(await file.slice(3, 5)).toEqual(new Uint8Array([3, 4]))
    expect(await file.slice(4, 4)).toEqual(new Uint8Array(0))
    expect(await Promise.all([file.slice(8, 9), file.slice(1, 2)])).toEqual([
      new Uint8Array([8]),
      new Uint8Array([1]),
    ])
    await file.close?.()
  })

  test('is there and a file', async () => {
    await expect(open('train.npy')).rejects.toMatchObject({
      name: 'UserError',
      code: 'not-found',
      message: 'train.npy: no such file, check the path',
    })
    await expect(open(join(path, 'train.npy'))).rejects.toMatchObject({ code: 'not-found' })
    await expect(open(folder)).rejects.toMatchObject({
      code: 'io',
      message: `${folder}: a directory, expected a file`,
    })
    await expect(open('/dev/null')).rejects.toMatchObject({
      code: 'io',
      message: '/dev/null: a pipe or device, expected a regular file',
    })
  })

  test.skipIf(process.getuid?.() === 0)('may be read, which root always may', async () => {
    const secret = join(folder, 'secret.npy')
    await writeFile(secret, 'x')
    await chmod(secret, 0)
    const read = async () => (await open(secret)).slice(0, 1)
    await expect(read()).rejects.toMatchObject({
      code: 'io',
      message: `${secret}: permission denied, check who may read it`,
    })
  })

  test('does not shrink while it is read', async () => {
    const shrinking = join(folder, 'shrinking.npy')
    await writeFile(shrinking, 'ten bytes.')
    const file = await open(shrinking)
    await truncate(shrinking, 5)
    await expect(file.slice(0, 10)).rejects.toMatchObject({
      code: 'io',
      message: `${shrinking}: ends before byte 10, expected it not to change while it is read`,
    })
    await file.close?.()
  })
})

test('the size of a file', async () => {
  expect(await fileSize(path)).toBe(10)
})
