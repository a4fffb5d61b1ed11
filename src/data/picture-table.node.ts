import { basename, dirname, join, relative, resolve } from 'node:path'
import { readFileBytes } from '../formats/files.node.ts'
import { openParquet, type ParquetGroups, readParquetInfo } from '../formats/parquet.ts'
import type { PictureFile } from '../formats/picture.ts'
import { UserError } from '../user-error.ts'
import { type DatasetChoice, readLabelsFile, withoutLabel } from './dataset.node.ts'
import { findColumns } from './hugging-face.ts'
import { readIds } from './ids.ts'
import { inside, type Locate } from './inside.node.ts'
import { type Labels, labelCount, readLabels } from './labels.ts'
import { pictureInCell } from './picture-cell.node.ts'
import type { PictureDataset } from './picture-dataset.ts'

/**
 * Reads the labels of pictures that stand in Parquet files as Hugging Face writes them; the pictures are
 * read group by group when they are needed. Errors: UserError on files without pictures or with other columns.
 */
export async function readPictureTable(
  name: string,
  files: readonly string[],
  choice: DatasetChoice,
): Promise<PictureDataset> {
  const infos = await Promise.all(files.map(async file => readParquetInfo(await readFileBytes(file))))
  const { picture, label, id, names } = findColumns(
    name,
    infos[0].columns,
    infos[0].metadata,
    choice.labels === undefined ? choice : withoutLabel(choice),
  )
  const paths = files.flatMap((file, k) =>
    Array.from({ length: infos[k].rows }, (_, row) => `${basename(file)}#${row}`),
  )
  if (paths.length === 0) throw new UserError('shape', `${name}: no rows, expected pictures`)
  const root = resolve(dirname(files[0]))
  return {
    kind: 'pictures',
    name,
    count: paths.length,
    ...(choice.labels === undefined
      ? readLabels(name, label === null ? [] : await readColumn(files, label), { names })
      : await givenLabels(choice.labels, choice, name, paths.length)),
    ids: id === null ? null : readIds(name, await readColumn(files, id), row => paths[row]),
    source: { kind: 'parquet', path: root, column: picture },
    paths,
    file: tableReader(root, picture, paths),
  }
}

async function readColumn(files: readonly string[], column: string): Promise<unknown[]> {
  const values: unknown[] = []
  for (const file of files) {
    const { rows, read } = await openParquet(await readFileBytes(file))
    for (const group of rows.keys()) {
      for (const value of (await read(group, [column]))[column]) values.push(value)
    }
  }
  return values
}

async function givenLabels(
  path: string,
  choice: DatasetChoice,
  name: string,
  count: number,
): Promise<Labels> {
  const given = await readLabelsFile(path, choice)
  const labelled = labelCount(given)
  if (labelled === null || labelled === count) return given
  throw new UserError(
    'shape',
    `${path}: ${labelled} labels, expected ${count}, one for each example of ${name}`,
  )
}

/** A group of 1,000 photographs takes a hundred megabytes. */
const KEPT_GROUPS = 2

/** Reads the picture at `paths[row]`, `train.parquet#12` below root; keeps the groups that were last read. */
export function tableReader(
  root: string,
  column: string,
  paths: readonly string[],
  locate: Locate = inside,
): (row: number) => Promise<PictureFile> {
  const files = new Map<string, Promise<ParquetGroups>>()
  const groups = new Map<string, Promise<unknown[]>>()
  const open = (file: string): Promise<ParquetGroups> => {
    const opening = files.get(file) ?? openLocated(root, file, locate)
    files.set(file, opening)
    return opening
  }
  const readGroup = (key: string, table: ParquetGroups, group: number): Promise<unknown[]> => {
    const reading = groups.get(key) ?? table.read(group, [column]).then(columns => columns[column])
    groups.delete(key)
    groups.set(key, reading)
    for (const oldest of [...groups.keys()].slice(0, -KEPT_GROUPS)) groups.delete(oldest)
    return reading
  }
  return async example => {
    const [, file, place] = /^([^/\\]+)#(\d+)$/.exec(paths[example] ?? '') ?? []
    if (file === undefined) {
      throw new UserError('format', `${paths[example]}: expected a row of a file in ${root}`)
    }
    const table = await open(file)
    let row = Number(place)
    let group = 0
    while (group < table.rows.length && row >= table.rows[group]) row -= table.rows[group++]
    const name = join(root, paths[example])
    if (group === table.rows.length) throw new UserError('not-found', `${name}: no such row`)
    const picture = pictureInCell((await readGroup(`${file} ${group}`, table, group))[row], root, name)
    if (picture.content === null) await locate(root, relative(root, picture.name))
    return picture
  }
}

const openLocated = async (root: string, file: string, locate: Locate): Promise<ParquetGroups> =>
  openParquet(await readFileBytes(await locate(root, file)))
