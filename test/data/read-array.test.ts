import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openArrays, readArray } from '../../src/data/read-array.ts'
import type { TableChoice } from '../../src/data/table-roles.ts'
import type { NdArray } from '../../src/formats/ndarray.ts'
import { temporaryDirectory } from '../app/bundle.ts'

const fixture = (name: string) => join(import.meta.dirname, 'fixtures', name)
const bundle = fixture('bundle.npz')

const numbers = ({ shape, data }: NdArray) => ({ shape: [...shape], data: Array.from(data, Number) })

describe('features are the same in every form in which they are brought', () => {
  test.each(['bundle.safetensors', 'lists.parquet', 'table.csv', 'table.jsonl', 'table.parquet'])(
    '%s',
    async name => {
      const expected = numbers(await readArray(bundle, 'features'))
      expect(numbers(await readArray(fixture(name), 'features'))).toEqual(expected)
    },
  )

  test.each(['bundle.safetensors', 'lists.parquet'])('logits too: %s', async name => {
    const expected = numbers(await readArray(bundle, 'logits'))
    expect(numbers(await readArray(fixture(name), 'logits'))).toEqual(expected)
  })

  test.each(['lists.parquet', 'table.csv', 'table.jsonl', 'table.parquet'])('ids too: %s', async name => {
    const ids = await (await openArrays(fixture(name))).readIds()
    expect(ids?.slice(0, 2)).toEqual(['row 0', 'row 1'])
    expect(ids).toHaveLength(30)
  })
})

describe('labels are indices, or names in the order of their bytes', () => {
  const given = async () => Array.from((await readArray(bundle, 'labels')).data, Number)

  test.each(['bundle.safetensors', 'lists.parquet'])('%s', async name => {
    const file = await openArrays(fixture(name))
    const expected = { labels: Int32Array.from(await given()), values: null, classes: null }
    expect(await file.readLabels()).toEqual(expected)
    expect(await file.readLabelsBeside()).toEqual(expected)
  })

  test.each(['table.csv', 'table.jsonl', 'table.parquet'])('%s', async name => {
    const { labels, classes } = await (await openArrays(fixture(name))).readLabels()
    expect(classes).toEqual(['ant', 'cat', 'dog'])
    const names = ['dog', 'ant', 'cat']
    expect(Array.from(labels ?? [], label => classes?.[label])).toEqual((await given()).map(k => names[k]))
  })
})

test('columns of further tables are matched by name', async () => {
  const { table } = await openArrays(fixture('table.csv'))
  expect(table).toEqual({ columns: ['x0', 'x1', 'x2', 'x3'], label: 'label', id: 'id' })
  const columns = table?.columns ?? []
  const again = await readArray(fixture('unlabelled.csv'), 'features', { columns })
  expect(numbers(again)).toEqual(numbers(await readArray(bundle, 'features')))
})

test('the head of a model is found by the names that models have for it', async () => {
  const file = await openArrays(fixture('model.safetensors'))
  expect(numbers(await file.read('weight'))).toEqual(numbers(await readArray(bundle, 'weight')))
  expect(numbers(await file.read('bias'))).toEqual(numbers(await readArray(bundle, 'bias')))
})

describe('what is not there is refused', () => {
  test.each<[string, 'weight' | 'features' | 'logits', string]>([
    ['two-heads.safetensors', 'weight', 'heads classifier.weight and fc.weight, expected one, save the one'],
    [
      'model.safetensors',
      'features',
      'no features among the tensors encoder.weight, fc.bias, fc.weight, save',
    ],
  ])('%s, %s', async (name, role, message) => {
    await expect(readArray(fixture(name), role)).rejects.toThrow(message)
  })

  test('a column of something that is no table', async () => {
    await expect(openArrays(bundle, { labelColumn: 'y' })).rejects.toThrow(
      `${bundle}: no table, so it has no column y, leave the option out`,
    )
  })
})

describe('a table that is none of numbers is refused, by line and column', () => {
  const cases: [text: string, choice: TableChoice, message: string][] = [
    [
      'a,b\n1,x\n',
      {},
      '"x" at line 2, column b, expected a finite number, correct it or leave the column out',
    ],
    ['a,b\n1,2\n1,\n', {}, 'nothing at line 3, column b, expected a finite number'],
    ['a\nnan\n', {}, '"nan" at line 2, column a, expected a finite number'],
    ['a,label\n1,x\n2,\n', {}, 'nothing at line 3, column label, expected a label in every row or in none'],
    ['a,id\n1,x\n2,x\n', {}, 'id x at line 2 and line 3, expected it once'],
    ['a,id\n1,\n', {}, 'no id at line 2, expected a name or number in every row'],
    ['a,y,label\n1,2,3\n', {}, 'columns label and y, expected one with labels, name it with --label-column'],
    ['a,b\n1,2\n', { labelColumn: 'kind' }, 'column not found: kind, expected one of a, b'],
    ['a,b\n1,2\n', { columns: ['a', 'c'] }, "no column c, expected the training table's: a, c"],
    ['a,b\n1,2\n', { columns: ['a'] }, "columns b too, expected the training table's: a"],
    ['features\n1\n', {}, '"1" at line 2, column features, expected a list of numbers'],
  ]
  test.each(cases)('%j', async (text, choice, message) => {
    const path = join(await temporaryDirectory(), 'x.csv')
    await writeFile(path, text)
    const file = openArrays(path, choice).then(async file => {
      await file.read('features')
      await file.readLabelsBeside()
    })
    await expect(file).rejects.toThrow(`x.csv: ${message}`)
  })

  test.each([
    ['{"features": [1, 2]}\n{"features": [1]}', '1 numbers at line 2, column features, expected 2 as before'],
    ['{"features": [1, null]}', 'nothing at line 1, column features, expected a finite number'],
    ['{"features": [[1]]}', 'a list at line 1, column features, expected a finite number'],
    ['{"a": {"b": 1}}', 'an object at line 1, column a, expected a finite number'],
    [`{"a": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'a list at line 1, column a, expected'],
  ])('%.40s', async (text, message) => {
    const path = join(await temporaryDirectory(), 'x.jsonl')
    await writeFile(path, text)
    await expect(readArray(path, 'features')).rejects.toThrow(`x.jsonl: ${message}`)
  })
})

test('a label column may be called anything, and the others are features then', async () => {
  const path = join(await temporaryDirectory(), 'x.csv')
  await writeFile(path, 'kind,y,name\nb,1,first\na,2,second\n')
  const file = await openArrays(path, { labelColumn: 'kind', idColumn: 'name' })
  expect(numbers(await file.read('features'))).toEqual({ shape: [2, 1], data: [1, 2] })
  expect(await file.readLabelsBeside()).toEqual({
    labels: Int32Array.of(1, 0),
    values: null,
    classes: ['a', 'b'],
  })
  expect(await file.readIds()).toEqual(['first', 'second'])
})
