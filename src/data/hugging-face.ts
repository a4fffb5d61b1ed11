import { UserError } from '../user-error.ts'
import { shortened, type TableChoice } from './table-roles.ts'

/** What Hugging Face's `datasets` writes of the columns of a table under the key `huggingface`. */
type Features = Readonly<Record<string, { readonly _type?: unknown; readonly names?: unknown }>>

/** Which columns of a table are pictures and labels, and what the labels are called. */
export interface TableColumns {
  readonly picture: string
  readonly label: string | null
  readonly id: string | null
  /** Names of the labels 0, 1, …; null where the table does not say. */
  readonly names: readonly string[] | null
}

const PICTURE_NAMES = ['image', 'img', 'picture']
const LABEL_NAMES = ['label', 'labels', 'class']

/**
 * Finds the columns by what the user says, else by their types, else by their names. Errors: UserError where
 * none has pictures, or a column that was named is missing.
 */
export function findColumns(
  name: string,
  columns: readonly string[],
  metadata: ReadonlyMap<string, string>,
  { labelColumn, idColumn }: TableChoice = {},
): TableColumns {
  const picture = pictureColumn(columns, metadata)
  if (picture === null) {
    throw new UserError(
      'not-found',
      `${name}: no column of pictures among ${shortened(columns)}, name it ${PICTURE_NAMES[0]}`,
    )
  }
  for (const column of [labelColumn, idColumn]) {
    if (column === undefined || columns.includes(column)) continue
    throw new UserError(
      'not-found',
      `${name}: column not found: ${column}, expected one of ${shortened(columns)}`,
    )
  }
  const features = parseFeatures(metadata.get('huggingface'))
  const classes = columns.filter(column => features[column]?._type === 'ClassLabel')
  const found = LABEL_NAMES.find(column => classes.includes(column)) ?? classes[0]
  const label = labelColumn ?? found ?? LABEL_NAMES.find(column => columns.includes(column)) ?? null
  return {
    picture,
    label,
    id: idColumn ?? null,
    names: label === null ? null : labelNames(metadata, label),
  }
}

/** The column of pictures; null where there is none. */
export function pictureColumn(
  columns: readonly string[],
  metadata: ReadonlyMap<string, string>,
): string | null {
  const features = parseFeatures(metadata.get('huggingface'))
  const images = columns.filter(column => features[column]?._type === 'Image')
  const named = (among: readonly string[]) => PICTURE_NAMES.find(column => among.includes(column))
  return named(images) ?? images[0] ?? named(columns) ?? null
}

/** What a table calls the labels 0, 1, … of a column; null where it does not say. */
export function labelNames(metadata: ReadonlyMap<string, string>, column: string): readonly string[] | null {
  const names = parseFeatures(metadata.get('huggingface'))[column]?.names
  return Array.isArray(names) && names.every(name => typeof name === 'string') ? names : null
}

function parseFeatures(text: string | undefined): Features {
  try {
    return JSON.parse(text ?? '{}')?.info?.features ?? {}
  } catch {
    // Written by something else: the columns' names will have to do.
    return {}
  }
}
