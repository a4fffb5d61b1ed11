import { mkdir, rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, onTestFinished, test } from 'vitest'
import { openExplainer } from '../../src/app/explainer/open.ts'
import { fit } from '../../src/app/fit/fit.ts'
import { decodeImageBytes } from '../../src/formats/images.node.ts'
import { localDesk } from '../../src/server/local-desk.ts'
import { temporaryDirectory } from '../app/bundle.ts'
import { ORIGIN, PROGRAM, served } from './served.ts'
import { model, servedPictures } from './served-pictures.ts'

test('an example has its picture, pixel by pixel, kept for good under the fingerprint alone', async () => {
  const { ask, data, info } = await servedPictures()
  expect(info.pictures).toEqual({ train: true, test: true, asked: true })
  const response = await ask(`/api/v1/pictures/train/7?v=${info.fingerprint}`)
  expect(response.headers.get('content-type')).toBe('image/png')
  expect(response.headers.get('cache-control')).toBe('private, max-age=31536000, immutable')
  const { data: pixels } = await decodeImageBytes(new Uint8Array(await response.arrayBuffer()), 'picture')
  expect([...pixels]).toEqual([...data.subarray(7 * 64, 8 * 64)])

  const etag = response.headers.get('etag') ?? ''
  for (const path of ['/api/v1/pictures/train/7', '/api/v1/pictures/train/7?v=another']) {
    const again = await ask(path, { headers: { ...PROGRAM, 'if-none-match': etag } })
    expect([again.status, again.headers.get('cache-control')]).toEqual([304, 'private, no-cache'])
  }
  // The same content has the same tag, another has another.
  expect((await ask('/api/v1/pictures/test/7')).headers.get('etag')).toBe(etag)
  expect((await ask('/api/v1/pictures/train/8')).headers.get('etag')).not.toBe(etag)
  expect((await ask('/api/v1/pictures/train/30')).status).toBe(404)
})

test('a picture of the user is explained as the stored one that it is', async () => {
  const { app, ask, post } = await servedPictures()
  const png = new Uint8Array(await (await ask('/api/v1/pictures/test/4')).arrayBuffer())
  const headers = { ...PROGRAM, 'content-type': 'image/png', 'content-length': String(png.length) }
  const send = (body: Uint8Array<ArrayBuffer>, query = '') =>
    app.request(`${ORIGIN}/api/v1/explain/picture${query}`, {
      method: 'POST',
      body,
      headers: { ...headers, 'content-length': String(body.length) },
    })
  const asked = await (await send(png, '?contrast=1&contrast=2&k=3&name=mine.png')).json()
  const example = { split: 'test', row: 4 }
  const stored = await (await post('/api/v1/explain', { example, contrast: [1, 2], k: 3 })).json()
  expect(asked.explanation.input).toBe('mine.png')
  expect(asked.explanation.logit).toBeCloseTo(stored.explanation.logit, 4)
  expect(asked.explanation.excitatory.map(({ row }: { row: number }) => row)).toEqual(
    stored.explanation.excitatory.map(({ row }: { row: number }) => row),
  )

  const damaged = await send(png.slice(0, png.length - 20))
  expect([damaged.status, (await damaged.json()).code]).toEqual([422, 'format'])
  const drawing = new TextEncoder().encode(
    '<svg xmlns="http://www.w3.org/2000/svg"><image href="/etc/passwd"/></svg>',
  )
  expect((await (await send(drawing)).json()).detail).toContain('not an image')
  const huge = new Uint8Array(
    await sharp({ create: { width: 8000, height: 8000, channels: 3, background: 'black' } })
      .png({ compressionLevel: 9 })
      .toBuffer(),
  )
  expect(huge.length).toBeLessThan(2 ** 20)
  expect((await (await send(huge)).json()).detail).toContain('more than 50000000 pixels')
})

test('a picture whose folder leads elsewhere by a link is not shown', async () => {
  const directory = await temporaryDirectory()
  const folder = join(directory, 'pictures')
  for (const name of ['a', 'b', 'c', 'd']) {
    await mkdir(join(folder, name), { recursive: true })
    for (let i = 0; i < 3; i++) {
      await sharp({ create: { width: 8, height: 8, channels: 3, background: { r: 20 * i, g: 9, b: 99 } } })
        .png()
        .toFile(join(folder, name, `${i}.png`))
    }
  }
  const out = join(directory, 'explainer')
  const classes = join(directory, 'classes.txt')
  await writeFile(classes, 'a\nb\nc\nd\n')
  await fit({ model, train: folder, out, mean: [0.5], std: [0.5], classes })
  const secret = join(directory, 'secret.png')
  await rename(join(folder, 'a', '1.png'), secret)
  await symlink(secret, join(folder, 'a', '1.png'))
  await rename(join(folder, 'b'), join(directory, 'elsewhere'))
  await symlink(join(directory, 'elsewhere'), join(folder, 'b'))
  const explainer = await openExplainer(out)
  const desk = localDesk(explainer)
  onTestFinished(() => desk.close())
  const { ask } = await served({ desk: () => desk })
  const rowOf = (id: string) => explainer.examples.ids.indexOf(id)
  expect((await ask(`/api/v1/pictures/train/${rowOf('a/0.png')}`)).status).toBe(200)
  for (const id of ['a/1.png', 'b/0.png']) {
    const response = await ask(`/api/v1/pictures/train/${rowOf(id)}`)
    expect([response.status, (await response.json()).detail]).toEqual([
      422,
      expect.stringContaining('leads out of'),
    ])
  }
})
