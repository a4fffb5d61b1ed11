import { join } from 'node:path'
import { readFileBytes } from '../../formats/files.node.ts'
import { readParquet } from '../../formats/parquet.ts'
import { encodeParquet } from '../../formats/parquet-write.ts'
import { writeComputed } from '../../store/write.node.ts'
import { UserError } from '../../user-error.ts'
import type { Explainer } from '../explainer/explainer.ts'
import type { SplitName } from '../explainer/stored-splits.ts'
import type { ExampleMap, MapPoints } from './example-map.ts'

const MAP_FILE = 'map/points.parquet'

const SPLITS: readonly SplitName[] = ['train', 'test']

/** Writes where examples stand as a table, with the columns that embedding-atlas reads. */
export async function writeMap(explainer: Explainer, map: ExampleMap): Promise<void> {
  const points = SPLITS.flatMap(split => map[split].rows.map((row, i) => ({ split, row, i })))
  const ids = {
    train: explainer.examples.ids,
    test: map.test.rows.length > 0 ? (await explainer.examplesOf('test')).ids : null,
  }
  const bytes = encodeParquet([
    { name: 'split', type: 'string', values: points.map(({ split }) => split) },
    { name: 'row', type: 'int32', values: points.map(({ row }) => row) },
    { name: 'id', type: 'string', values: points.map(({ split, row }) => ids[split]?.at(row)) },
    { name: 'projection_x', type: 'float', values: points.map(({ split, i }) => map[split].x[i]) },
    { name: 'projection_y', type: 'float', values: points.map(({ split, i }) => map[split].y[i]) },
  ])
  await writeComputed(explainer.directory, MAP_FILE, bytes)
}

/** The map that an explainer has stored; null where none was made. Errors: UserError where it is of other examples. */
export async function readMap({ directory, manifest }: Explainer): Promise<ExampleMap | null> {
  const path = join(directory, MAP_FILE)
  const file = await readFileBytes(path).catch(error => {
    if (error instanceof UserError && error.code === 'not-found') return null
    throw error
  })
  if (file === null) return null
  const columns = await readParquet(file, ['split', 'row', 'projection_x', 'projection_y'])
  const counts = { train: manifest.n, test: manifest.tests }
  const of = (split: SplitName): MapPoints => {
    const at = columns.split.flatMap((name, i) => (name === split ? [i] : []))
    const rows = at.map(i => Number(columns.row[i]))
    if (rows.some(row => !(row >= 0 && row < counts[split]))) {
      throw new UserError(
        'format',
        `${path}: of other examples, expected rows below ${counts[split]}, remove it`,
      )
    }
    return {
      rows,
      x: at.map(i => Number(columns.projection_x[i])),
      y: at.map(i => Number(columns.projection_y[i])),
    }
  }
  return {
    schemaVersion: 1,
    method: 'umap',
    of: manifest.n + manifest.tests,
    train: of('train'),
    test: of('test'),
  }
}
