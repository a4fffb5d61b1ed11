import type { NdArray } from '../formats/ndarray.ts'
import type { PlacedArray } from '../formats/placed-array.ts'
import { labelsOf } from './arrays.ts'
import type { Labels } from './labels.ts'

/** What an array is for. */
export type ArrayRole = 'inputs' | 'features' | 'logits' | 'soft' | 'labels' | 'weight' | 'bias'

/** A file with one array or several, as users bring them. Errors of all: UserError, naming the file. */
export interface ArrayFile {
  readonly name: string
  /** The array for a role. Errors: UserError `not-found` where the file has none. */
  read(role: ArrayRole): Promise<NdArray>
  /** The array for a role that stands beside those of others; null where none does. */
  readBeside(role: ArrayRole): Promise<NdArray | null>
  /** Where the array that `read` would read lies; null where it can only be read whole. */
  place(role: ArrayRole): Promise<PlacedArray | null>
  /** Where the one that `readBeside` would read lies; null where there is none, or it can only be read whole. */
  placeBeside(role: ArrayRole): Promise<PlacedArray | null>
  /** The labels of a file that is there for them. */
  readLabels(): Promise<Labels>
  /** Those that stand beside other arrays; null where none do. */
  readLabelsBeside(): Promise<Labels | null>
  /** Names of the examples; null where the file has none. */
  readIds(): Promise<readonly string[] | null>
  /** Of a table with a column a feature: these columns, and those of labels and ids. */
  readonly table: NamedColumns | null
}

/** The columns of a table of numbers by their names. */
export interface NamedColumns {
  /** In the order of the features */
  readonly columns: readonly string[]
  readonly label: string | null
  readonly id: string | null
}

/** A file whose arrays have no names of examples or classes. */
export function plainFile(
  name: string,
  arrays: Pick<ArrayFile, 'read' | 'readBeside' | 'place' | 'placeBeside'>,
): ArrayFile {
  return {
    name,
    ...arrays,
    readLabels: async () => labelsOf(await arrays.read('labels'), name),
    readLabelsBeside: async () => {
      const array = await arrays.readBeside('labels')
      return array && labelsOf(array, name)
    },
    readIds: async () => null,
    table: null,
  }
}
