import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findOutputNames } from '../../src/data/output-names.node.ts'
import { temporaryDirectory } from '../app/bundle.ts'

/** A model's folder with these files in it, and the path that its model would have in `onnx/`. */
async function modelBeside(files: { readonly [name: string]: unknown }): Promise<string> {
  const directory = await temporaryDirectory()
  await mkdir(join(directory, 'onnx'))
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(directory, name), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return join(directory, 'onnx', 'model.onnx')
}

const names = async (files: { readonly [name: string]: unknown }, c = 3) =>
  (await findOutputNames(await modelBeside(files), c))?.names ?? null

const ABC = { '0': 'a', '1': 'b', '2': 'c' }

test('a model is named by what stands beside it or above it, the nearest first', async () => {
  expect(await names({ 'config.json': { id2label: ABC } })).toEqual(['a', 'b', 'c'])
  expect(await names({ 'classes.json': ['x', 'y', 'z'] })).toEqual(['x', 'y', 'z'])
  expect(await names({ 'classes.json': ['x', 'y', 'z'], 'config.json': { id2label: ABC } })).toEqual([
    'a',
    'b',
    'c',
  ])
  const nearer = { 'config.json': { id2label: ABC }, 'onnx/config.json': { id2label: { ...ABC, '0': 'd' } } }
  expect(await names(nearer)).toEqual(['d', 'b', 'c'])
})

test.each<[string, { readonly [name: string]: unknown }]>([
  ['nothing beside it', {}],
  [
    'names that nobody gave',
    { 'config.json': { id2label: { '0': 'LABEL_0', '1': 'LABEL_1', '2': 'LABEL_2' } } },
  ],
  ['names of other outputs', { 'config.json': { id2label: { '0': 'a' } } }],
  ['an index that is missing', { 'config.json': { id2label: { '0': 'a', '1': 'b', '3': 'c' } } }],
  ['names that are none', { 'config.json': { id2label: { ...ABC, '1': 7 } } }],
  ['another library', { 'config.json': { architecture: 'resnet18' } }],
  ['no object', { 'config.json': 'null', 'classes.json': '{"0": "a"}' }],
])('%s names no output', async (_, files) => {
  expect(await names(files)).toBeNull()
})

test('a damaged file is refused', async () => {
  await expect(names({ 'config.json': '{' })).rejects.toThrow(
    /config\.json: no JSON, expected what the model says of itself, repair or remove it$/,
  )
})
