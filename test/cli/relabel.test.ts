import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { saveArray } from '../app/bundle.ts'
import { explained } from '../app/relabel/reviewed.ts'
import { run } from './command.ts'

test('relabel writes an explainer beside, as text and as one JSON document', async () => {
  const { out, directory, corrections } = await explained()
  const file = await corrections('id action', ['train/3', 'exclude'], ['train/4', 'keep'])
  const text = await run(['relabel', out, file])
  expect([text.code, text.stdout]).toEqual([
    0,
    expect.stringMatching(/explainer-corrected {2}0 relabelled, 1 excluded, 1 kept, 0 to review/),
  ])
  expect(text.stdout).toMatch(/training examples +120 +119/)
  expect(text.stdout).toContain('next: representer suspects')
  expect(text.stderr).toContain('copying features')
  expect((await run(['suspects', `${out}-corrected`, '--quiet'])).code).toBe(0)

  const again = await run(['relabel', out, file])
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('add --force to replace it')])
  const json = await run(['relabel', out, file, '--out', join(directory, 'other'), '--json'])
  const answer = JSON.parse(json.stdout)
  expect(Object.keys(answer)).toEqual(
    'schemaVersion explainer out relabelled excluded kept review before after warnings'.split(' '),
  )
  expect(answer.after.suspects).toHaveLength(20)
})

test('relabel tells of a regression by R², and of no classes', async () => {
  const { out, corrections } = await explained(async directory => {
    const data = Float32Array.from({ length: 120 }, (_, k) => Math.sin(k))
    const save = (name: string, data: Float32Array) =>
      saveArray(directory, name, { dtype: 'float32', shape: [data.length], data })
    return {
      labels: await save('numbers', data),
      testLabels: await save('test-numbers', data.slice(0, 30)),
      activation: 'identity',
    }
  })
  const file = await corrections('id new_label', ['train/4', 0.125])
  const { code, stdout } = await run(['relabel', out, file])
  expect(code).toBe(0)
  expect(stdout).toMatch(/R² on train +[−-]?\d\.\d{4} +[−-]?\d\.\d{4}\n *R² on test +/)
  expect(stdout).not.toMatch(/accuracy|F1/)
})

test('a file that is no table of corrections is refused in one sentence', async () => {
  const { out, directory } = await explained()
  const path = join(directory, 'labels.txt')
  await writeFile(path, 'id,action\n')
  const { code, stdout, stderr } = await run(['relabel', out, path])
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toContain(`${path}: none of Parquet, .csv and .jsonl, expected one of these`)
})
