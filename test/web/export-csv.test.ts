import { expect, test } from 'vitest'
import type { ExampleColumns } from '../../src/server/wire.ts'
import { exportCsv } from '../../web/src/examples/export-csv.ts'
import { namesOf } from '../../web/src/names.ts'

const columns: ExampleColumns = {
  schemaVersion: 1,
  split: 'train',
  of: 9,
  rows: [2, 5, 7],
  ids: ['a,"b"', '=HYPERLINK("x")', '-5'],
  labels: [0, 1, 0],
  predicted: [1, 1, 0],
  fitted: [1, 1, 0],
  suspicion: [0.5, 1e-7, 2],
}

test('a selection as CSV is read back by anything, and started by no spreadsheet', () => {
  const names = namesOf({ classes: ['cat', '@dog'], outputs: null, task: 'classification' })
  expect(exportCsv(columns, [2, 5, 6, 7], names)).toBe(
    [
      'id,split,row,label,predicted,suspicion',
      `"a,""b""",train,2,cat,'@dog,0.5`,
      `"'=HYPERLINK(""x"")",train,5,'@dog,'@dog,1e-7`,
      '-5,train,7,cat,cat,2',
      '',
    ].join('\r\n'),
  )
})
