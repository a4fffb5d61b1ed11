import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import sharp from 'sharp'
import { afterEach, describe, expect, test } from 'vitest'
import { type InputForm, makeInputs, type WantedPicture } from '../../src/data/picture-inputs.ts'
import { PictureWorkers, type PictureWorkersOptions } from '../../src/data/picture-workers.node.ts'
import { temporaryDirectory } from '../app/bundle.ts'

const form: InputForm = {
  steps: { channels: 'rgb', resize: { shortestEdge: 9 }, filter: 'bicubic', crop: { height: 8, width: 8 } },
  itemShape: [3, 8, 8],
}

const open = new Set<PictureWorkers>()
afterEach(() => Promise.all([...open].map(workers => workers.close())))

function start(options?: PictureWorkersOptions): PictureWorkers {
  const workers = new PictureWorkers(form, options)
  open.add(workers)
  return workers
}

/** Pictures of sizes of their own, as bytes that stand side by side in one memory. */
async function pictures(count: number): Promise<WantedPicture[]> {
  const encoded = await Promise.all(
    Array.from({ length: count }, (_, k) => {
      const pixels = Buffer.from(
        Array.from({ length: (10 + k) * 12 * 3 }, (_, i) => (i * 37 * (k + 1)) % 256),
      )
      return sharp(pixels, { raw: { width: 10 + k, height: 12, channels: 3 } })
        .png()
        .toBuffer()
    }),
  )
  const memory = new Uint8Array(Buffer.concat(encoded))
  let at = 0
  return encoded.map(({ length }, k) => {
    at += length
    const content = memory.subarray(at - length, at)
    return { file: { name: `${k}.png`, content }, path: `${k}.png` }
  })
}

/** A program that the threads run instead of their own. */
async function program(text: string): Promise<URL> {
  const path = join(await temporaryDirectory(), 'worker.mjs')
  await writeFile(path, `import { parentPort, workerData } from 'node:worker_threads'\n${text}`)
  return pathToFileURL(path)
}

describe('threads that make inputs of pictures', () => {
  test('make what is made without them, list by list', async () => {
    const given = await pictures(40)
    const workers = start()
    const lists = Array.from({ length: 10 }, (_, k) => given.slice(4 * k, 4 * k + 4))
    const made = await Promise.all(lists.map(list => workers.makeInputs(async () => list)))
    for (const [k, list] of lists.entries()) expect(made[k]).toEqual(await makeInputs(list, form))
    // What was given is still there.
    expect(given.every(wanted => 'file' in wanted && (wanted.file.content?.length ?? 0) > 0)).toBe(true)
  })

  test('tell what they cannot decode, and what was not found', async () => {
    const [whole] = await pictures(1)
    const damaged = { file: { name: 'x.png', content: Uint8Array.of(1, 2, 3) }, path: 'x.png' }
    const missing = { failure: { code: 'not-found' as const, message: 'y.png: gone' } }
    const { bytes, failures } = await start().makeInputs(async () => [damaged, whole, missing])
    expect(failures).toEqual(
      new Map([
        [0, { code: 'format', message: 'x.png: not an image, expected PNG, JPEG, WebP, TIFF, GIF or AVIF' }],
        [2, missing.failure],
      ]),
    )
    expect(bytes.subarray(0, 192).every(byte => byte === 0)).toBe(true)
    expect(bytes.subarray(192, 384)).toEqual((await makeInputs([whole], form)).bytes)
  })

  test('are given lists as they can take them', async () => {
    const list = await pictures(2)
    const workers = start({ program: await program("parentPort.on('message', () => {})") })
    let read = 0
    const made = Array.from({ length: 100 }, () =>
      workers.makeInputs(async () => {
        read++
        return list
      }),
    )
    for (const one of made) one.catch(() => undefined)
    await new Promise(resolve => setTimeout(resolve, 100))
    expect(read).toBeGreaterThan(0)
    expect(read).toBeLessThanOrEqual(32)
  })

  test('go on after a list that cannot be read', async () => {
    const list = await pictures(3)
    const workers = start()
    const lists = Array.from({ length: 20 }, (_, k) =>
      workers.makeInputs(async () => {
        if (k % 2 === 0) throw new Error(`list ${k}`)
        return list
      }),
    )
    const settled = await Promise.allSettled(lists)
    expect(settled.map(({ status }) => status)).toEqual(
      lists.map((_, k) => (k % 2 === 0 ? 'rejected' : 'fulfilled')),
    )
  })
})

describe('threads that end', () => {
  test.each([
    ['exit', 'process.exit(7)', 'exit code 7'],
    ['throw', 'throw new Error("out of order")', 'out of order'],
  ])('too soon name the picture: %s', async (_, death, words) => {
    const text = `parentPort.on('message', () => { workerData.at[0] = 1; ${death} })`
    const workers = start({ program: await program(text) })
    const given = await pictures(3)
    const message = `1.png: the thread that decodes pictures ended (${words}), try again, or leave the picture out`
    await expect(workers.makeInputs(async () => given)).rejects.toMatchObject({ code: 'io', message })
    // Others take their place.
    await expect(workers.makeInputs(async () => given)).rejects.toMatchObject({ code: 'io', message })
  })

  test('as they cannot start say why', async () => {
    const workers = start({ program: new URL('file:///nowhere/worker.mjs') })
    const making = workers.makeInputs(() => pictures(1))
    await expect(making).rejects.toThrow(/^\S+: the thread that decodes pictures ended \(Cannot find module/)
  })

  test('as they are closed leave nothing waiting, nor running', async () => {
    const workers = start()
    const given = await pictures(30)
    const made = Array.from({ length: 50 }, () => workers.makeInputs(async () => given))
    const settled = Promise.allSettled(made)
    await made[0]
    await workers.close()
    expect((await settled).at(-1)).toEqual({
      status: 'rejected',
      reason: new Error('pictures are no longer decoded'),
    })
    await expect(workers.makeInputs(async () => given)).rejects.toThrow('pictures are no longer decoded')
  })

  test('as they are aborted fail with the reason', async () => {
    const controller = new AbortController()
    const workers = start({ signal: controller.signal })
    const given = await pictures(30)
    const made = Array.from({ length: 50 }, () => workers.makeInputs(async () => given))
    const settled = Promise.allSettled(made)
    controller.abort(new Error('enough'))
    for (const result of await settled)
      expect(result).toEqual({ status: 'rejected', reason: new Error('enough') })
  })
})
