import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fit } from '../../src/app/fit/fit.ts'
import { encodeNpy } from '../../src/formats/npy.ts'
import { random } from '../../src/math/random.ts'
import { temporaryDirectory } from './bundle.ts'

/** An explainer of pictures that are bytes, in a folder of their own. */
export async function fittedPictures() {
  const directory = await temporaryDirectory()
  await mkdir(join(directory, 'pictures'))
  const uniform = random(3)
  const data = Uint8Array.from({ length: 30 * 64 }, () => 256 * uniform())
  const train = join(directory, 'pictures/train.npy')
  await writeFile(train, encodeNpy({ dtype: 'uint8', shape: [30, 1, 8, 8], data }))
  const out = join(directory, 'explainer')
  const model = join(import.meta.dirname, '../onnx/fixtures/conv.onnx')
  await fit({ model, train, out })
  return { directory, out, report: join(directory, 'report') }
}
