import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fit } from '../../src/app/fit/fit.ts'
import { randomNormal } from '../../src/math/random.ts'
import { saveArray, temporaryDirectory } from '../app/bundle.ts'
import { run } from './command.ts'

async function fitted() {
  const directory = await temporaryDirectory()
  const data = Float32Array.from({ length: 40 * 6 }, randomNormal(4))
  const train = await saveArray(directory, 'inputs', { dtype: 'float32', shape: [40, 6], data })
  const [out, maps] = [join(directory, 'explainer'), join(directory, 'maps')]
  await fit({ model: join(import.meta.dirname, '../onnx/fixtures/gemm.onnx'), train, out })
  const ask = (...options: string[]) => run(['sensitivity', out, 'train/3', ...options])
  return { directory, out, maps, ask }
}

test('sensitivity writes maps, and says what they add up to', async () => {
  const { directory, out, maps, ask } = await fitted()
  const text = await ask('--out', maps, '--k', '1')
  expect([text.code, text.stderr]).toEqual([0, ''])
  expect(text.stdout).toMatch(
    /the 2 parts and the rest add up to the map within \S+( × 10\S+)? of the largest number/,
  )
  expect(text.stdout).toMatch(/given-map\.npy, of norm .*; cosine between the two 0\.\d{4}/)
  expect(text.stdout).toMatch(/all others .*% {2}rest\.npy/)
  expect((await readdir(maps)).sort()).toEqual(
    'given-map.npy map.npy part-00.npy part-01.npy rest.npy'.split(' '),
  )

  const html = join(directory, 'maps.html')
  const json = await ask('--out', maps, '--html', html, '--force', '--json', '--contrast', '1,0')
  const answer = JSON.parse(json.stdout)
  expect(Object.keys(answer)).toEqual(
    (
      'schemaVersion explainer out page input output contrast classes outputs logit method target tensor shape ' +
      'text scale pairScale noOverlays map given parts groups overlap rest difference'
    ).split(' '),
  )
  expect(Object.keys(answer.parts[0])).toEqual(
    'row id label value share file overlay norm tokens pair'.split(' '),
  )
  expect([answer.explainer, answer.page]).toEqual([out, { file: html, missing: [] }])
  expect(json.stderr).toBe(`page written: ${html}\n`)
})

test('without a folder it says the shares alone, by whatever method and group is asked for', async () => {
  const { directory, ask } = await fitted()
  const chosen = join(directory, 'chosen.csv')
  await writeFile(chosen, 'row\n3\n4\n')
  const text = await ask(
    ...['--group', '0', '--group', '1', '--selection', chosen, '--k', '1', '--pairs', '--times-input'],
    ...['--samples', '4', '--noise', '0.1', '--seed', '2', '--memory', '1GiB'],
  )
  expect([text.code, text.stderr]).toEqual([0, ''])
  expect(text.stdout).toMatch(
    /SmoothGrad by the input, times the input, 4 samples, noise 0\.1, seed 2: of norm/,
  )
  expect(text.stdout).toMatch(/chosen\.csv +2 examples/)
  expect(text.stdout).toMatch(/in several of these/)
  expect(text.stdout).toMatch(/the 5 parts and the rest, less what is in several of them, add up to the map/)
  expect(text.stdout).toMatch(/next: representer sensitivity .* --out maps --html maps\.html/)
  expect(await readdir(directory)).not.toContain('maps')
})

test.each([
  [['--method', 'lime'], 2, 'Allowed choices are gradient, smoothgrad'],
  [['--html', 'maps.txt'], 2, 'maps.txt: expected a name that ends in .html'],
  [['--layer', '/hiden'], 1, 'tensor not found: /hiden, expected one such as '],
  [['--group', 'cow'], 1, 'not found: cow, expected one of 0 to '],
])('%j is refused', async (options, code, sentence) => {
  const { ask } = await fitted()
  const answer = await ask(...options)
  expect([answer.code, answer.stdout]).toEqual([code, ''])
  expect(answer.stderr).toContain(sentence)
})
