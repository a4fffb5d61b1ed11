import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openExplainer } from '../../src/app/explainer/open.ts'
import { fit } from '../../src/app/fit/fit.ts'
import { encodeNpy } from '../../src/formats/npy.ts'
import { random } from '../../src/math/random.ts'
import { localDesk } from '../../src/server/local-desk.ts'
import { temporaryDirectory } from '../app/bundle.ts'
import { served } from './served.ts'

/** Takes pictures [1, 8, 8] and has four outputs. */
export const model = join(import.meta.dirname, '../onnx/fixtures/conv.onnx')

/**
 * A server of an explainer of pictures that are bytes.
 *
 * @param roots folders that these have to be in; anywhere unless told
 */
export async function servedPictures(roots?: readonly string[]) {
  const directory = await temporaryDirectory()
  const uniform = random(3)
  const data = Uint8Array.from({ length: 30 * 64 }, () => 256 * uniform())
  const train = join(directory, 'train.npy')
  await writeFile(train, encodeNpy({ dtype: 'uint8', shape: [30, 1, 8, 8], data }))
  const out = join(directory, 'explainer')
  await fit({ model, train, test: train, out })
  const explainer = await openExplainer(out)
  const desk = localDesk(explainer, roots)
  onTestFinished(() => desk.close())
  const info = JSON.parse(String(await desk.ask('explainer')))
  const server = await served({ desk: () => desk, explainer: info })
  return { ...server, data, info, train, out }
}
