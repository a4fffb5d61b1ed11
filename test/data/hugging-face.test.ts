import { expect, test } from 'vitest'
import { findColumns } from '../../src/data/hugging-face.ts'
import { readLabels } from '../../src/data/labels.ts'

const metadata = (features: object) => new Map([['huggingface', JSON.stringify({ info: { features } })]])

test('columns are found by their types, else by their names', () => {
  const typed = metadata({
    photo: { _type: 'Image' },
    kind: { _type: 'ClassLabel', names: ['a', 'b'] },
    label: { dtype: 'int64', _type: 'Value' },
  })
  expect(findColumns('x', ['label', 'kind', 'photo'], typed)).toEqual({
    picture: 'photo',
    label: 'kind',
    id: null,
    names: ['a', 'b'],
  })
  expect(findColumns('x', ['label', 'img'], new Map())).toEqual({
    picture: 'img',
    label: 'label',
    id: null,
    names: null,
  })
  expect(findColumns('x', ['image'], new Map([['huggingface', '{']]))).toMatchObject({ label: null })
  expect(() => findColumns('x.parquet', ['text'], new Map())).toThrow(
    'x.parquet: no column of pictures among text, name it image',
  )
})

test('names of classes stand in the order of their bytes', () => {
  const { labels, classes } = readLabels('x', ['b', '\u{1F600}', '\uFF21', 'a', 'ab', 'b'])
  expect(classes).toEqual(['a', 'ab', 'b', '\uFF21', '\u{1F600}'])
  expect(labels).toEqual(Int32Array.of(2, 4, 3, 0, 1, 2))
})

test('labels of −1 or nothing throughout are none', () => {
  expect(readLabels('x', [-1, null, -1], { names: ['a'] })).toEqual({
    labels: null,
    values: null,
    classes: null,
  })
  expect(() => readLabels('x', ['a', 3])).toThrow('x: label 3 at row 1, expected the name of a class')
})
