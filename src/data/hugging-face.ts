import { UserError } from '../user-error.ts'

/** What Hugging Face's `datasets` writes of the columns of a table under the key `huggingface`. */
type Features = Readonly<Record<string, { readonly _type?: unknown; readonly names?: unknown }>>

/** Which columns of a table are pictures and labels, and what the labels are called. */
export interface TableColumns {
  readonly picture: string
  readonly label: string | null
  /** Names of the labels 0, 1, …; null where the table does not say. */
  readonly names: readonly string[] | null
}

const PICTURE_NAMES = ['image', 'img', 'picture']
const LABEL_NAMES = ['label', 'labels', 'class']

/** Finds the columns by their types, else by their names. Errors: UserError where none has pictures. */
export function findColumns(
  name: string,
  columns: readonly string[],
  metadata: ReadonlyMap<string, string>,
): TableColumns {
  const features = parseFeatures(metadata.get('huggingface'))
  const ofType = (type: string) => columns.filter(column => features[column]?._type === type)
  const named = (names: readonly string[], among: readonly string[]) =>
    names.find(column => among.includes(column))
  const images = ofType('Image')
  const picture = named(PICTURE_NAMES, images) ?? images[0] ?? named(PICTURE_NAMES, columns)
  if (picture === undefined) {
    throw new UserError(
      'not-found',
      `${name}: no column of pictures among ${columns.join(', ')}, name it ${PICTURE_NAMES[0]}`,
    )
  }
  const classes = ofType('ClassLabel')
  const label = named(LABEL_NAMES, classes) ?? classes[0] ?? named(LABEL_NAMES, columns) ?? null
  const names = label === null ? null : features[label]?.names
  return { picture, label, names: Array.isArray(names) ? names.map(String) : null }
}

function parseFeatures(text: string | undefined): Features {
  try {
    return JSON.parse(text ?? '{}')?.info?.features ?? {}
  } catch {
    // Written by something else: the columns' names will have to do.
    return {}
  }
}

/** A column of labels as indices of named classes. Errors: UserError, naming the first row that is wrong. */
export function readLabels(
  name: string,
  values: readonly unknown[],
  names: readonly string[] | null,
): { labels: Int32Array | null; classes: readonly string[] | null } {
  // What has no labels has -1 or nothing throughout.
  if (values.every(value => value === null || value === -1)) return { labels: null, classes: null }
  const refuse = (row: number, expected: string): never => {
    throw new UserError('value', `${name}: label ${values[row]} at row ${row}, expected ${expected}`)
  }
  if (values.some(value => typeof value === 'string')) {
    values.forEach((value, row) => void (typeof value === 'string' || refuse(row, 'the name of a class')))
    const classes = [...new Set(values as string[])].sort(byCodePoints)
    const index = new Map(classes.map((value, label) => [value, label]))
    return { labels: Int32Array.from(values, value => index.get(value as string) ?? -1), classes }
  }
  const limit = names?.length ?? 2 ** 31
  const labels = Int32Array.from(values, (value, row) => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < limit) return value
    return refuse(row, names ? `0 to ${limit - 1}` : 'a class index, 0 or more')
  })
  return { labels, classes: names }
}

/** The order of the bytes in UTF-8. */
function byCodePoints(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)]
  const at = left.findIndex((character, i) => character !== right[i])
  if (at < 0) return left.length - right.length
  return (left[at].codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? -1)
}
