import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fit } from '../../src/app/fit/fit.ts'
import { randomNormal } from '../../src/math/random.ts'
import { saveArray, temporaryDirectory } from '../app/bundle.ts'
import { run } from './command.ts'

test('sensitivity writes maps, and says what they add up to', async () => {
  const directory = await temporaryDirectory()
  const data = Float32Array.from({ length: 40 * 6 }, randomNormal(4))
  const train = await saveArray(directory, 'inputs', { dtype: 'float32', shape: [40, 6], data })
  const [out, maps] = [join(directory, 'explainer'), join(directory, 'maps')]
  await fit({ model: join(import.meta.dirname, '../onnx/fixtures/gemm.onnx'), train, out })

  const text = await run(['sensitivity', out, 'train/3', '--out', maps, '--k', '1'])
  expect([text.code, text.stderr]).toEqual([0, ''])
  expect(text.stdout).toMatch(
    /the 2 parts and the rest add up to the map within \S+( × 10\S+)? of the largest number/,
  )
  expect(text.stdout).toMatch(/given-map\.npy, of norm .*; cosine between the two 0\.\d{4}/)
  expect(text.stdout).toMatch(/all others .*% {2}rest\.npy/)
  expect((await readdir(maps)).sort()).toEqual(
    'given-map.npy map.npy part-00.npy part-01.npy rest.npy'.split(' '),
  )

  const json = await run([
    'sensitivity',
    out,
    'train/3',
    '--out',
    maps,
    '--force',
    '--json',
    '--contrast',
    '1,0',
  ])
  expect(Object.keys(JSON.parse(json.stdout))).toEqual(
    'schemaVersion explainer output contrast classes outputs logit map given parts rest difference input out shape'.split(
      ' ',
    ),
  )
  const without = await run(['sensitivity', out, 'train/3'])
  expect([without.code, without.stderr]).toEqual([
    2,
    expect.stringContaining("required option '--out <dir>'"),
  ])
})
